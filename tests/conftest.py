"""What every test may rely on: one PostgreSQL started by our own launcher, behind the product's own walls."""

from __future__ import annotations

from tests.postgres import django_db_setup, postgres_server

__all__ = ["django_db_setup", "postgres_server"]
