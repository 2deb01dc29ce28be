"""Rows into strings: how dates, clocks, statuses, lines and histories read on a page.

Both sides of the house use these. Everything here is a pure function of its arguments: the present moment
comes in as `at`, the plan's zone as `zone`. What must not enter: queries and HTML.
"""
