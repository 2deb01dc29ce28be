"""RECORDS: the Django apps that own tables. Each is models < queries < actions; arrows point down."""
