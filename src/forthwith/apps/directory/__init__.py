"""Members with coverage; practitioners and organizations, and what a tenant says of them."""
