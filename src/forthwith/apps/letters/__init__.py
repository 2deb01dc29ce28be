"""The printing house: letters as they were issued, and their PDF. Knows no request and no appeal."""
