"""The two roles and the database: `forthwith_owner` migrates and owns, `forthwith_app` works and owns nothing.

The application's rights on each table are given by the migration that makes it
(an audit row may never be updated), so nothing is allowed here by default.
"""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from psycopg import sql

OWNER = "forthwith_owner"
APPLICATION = "forthwith_app"
DATABASE = "forthwith"


def ensure(
    connect: Callable[[str], psycopg.Connection],
    *,
    owner_password: str,
    app_password: str,
) -> None:
    """Make what is missing. `connect` opens a database, by name, as the superuser. Safe to repeat after a crash."""
    with connect("postgres") as admin:
        _ensure_role(admin, OWNER, owner_password)
        _ensure_role(admin, APPLICATION, app_password)
        found = admin.execute("SELECT datacl FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if found is not None and found[0] is not None:
            return  # the last step below has been taken before
    with connect("postgres") as admin:
        database, owner = sql.Identifier(DATABASE), sql.Identifier(OWNER)
        if found is None:
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
        application = sql.Identifier(APPLICATION)
        with admin.transaction():
            admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            admin.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, application))


def _ensure_role(admin: psycopg.Connection, name: str, password: str) -> None:
    if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is None:
        attributes = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}")
        admin.execute(
            sql.SQL("CREATE ROLE {} ").format(sql.Identifier(name)) + attributes.format(sql.Literal(password))
        )
