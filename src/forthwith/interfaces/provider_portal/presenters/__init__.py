"""Rows and documents of the records as the strings of one page each."""
