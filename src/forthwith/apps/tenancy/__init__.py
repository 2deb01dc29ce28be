"""Tenants, portals, plans, programs, effective-dated settings and requirement rules."""
