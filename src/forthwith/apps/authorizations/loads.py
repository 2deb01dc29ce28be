"""Many requests at once, by COPY: reading stored ones as patterns, and writing rows made after them.

For worlds of any size (`forthwith sample grow`). No act, letter or event: who uses it says so. The database checks
every row as it checks those of the acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from forthwith.apps.sql import json_text, read_json

TABLES = {
    "authorization": "authorizations_authorization",
    "line": "authorizations_line",
    "determination": "authorizations_determination",
    "notice": "authorizations_noticegiven",
    "submission": "authorizations_submission",
}
_PATTERNS = """
SELECT jsonb_build_object('authorization', to_jsonb(a),
 'lines', (SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.sequence), '[]')
   FROM authorizations_line l WHERE l.authorization_id = a.id),
 'determinations', (SELECT coalesce(jsonb_agg(to_jsonb(d)), '[]')
   FROM authorizations_determination d WHERE d.authorization_id = a.id),
 'notices', (SELECT coalesce(jsonb_agg(to_jsonb(n)), '[]')
   FROM authorizations_noticegiven n WHERE n.authorization_id = a.id))::text
FROM authorizations_authorization a JOIN authorizations_submission s ON s.authorization_id = a.id
WHERE s.key LIKE %s
  AND NOT EXISTS (SELECT 1 FROM authorizations_informationrequest i WHERE i.authorization_id = a.id)
ORDER BY s.key
"""


@dataclass(frozen=True)
class Pattern:
    """A stored request with the rows that belong to it, as plain mappings by column."""

    authorization: dict[str, Any]
    lines: list[dict[str, Any]]
    determinations: list[dict[str, Any]]
    notices: list[dict[str, Any]]


def patterns(using: str, tenants: Iterable[UUID], key_prefix: str) -> list[Pattern]:
    """Requests that were submitted under keys with this prefix and about which nothing was asked of the office."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        _open(cursor, tenants)
        cursor.execute(_PATTERNS, [key_prefix + "%"])
        return [Pattern(**read_json(text)) for (text,) in cursor.fetchall()]


def numbers_in_use(using: str, tenants: Iterable[UUID]) -> set[str]:
    """Every reference number, and every authorization number without its line."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        _open(cursor, tenants)
        cursor.execute(
            "SELECT number FROM authorizations_authorization UNION ALL SELECT left(authorization_number, 11) "
            "FROM authorizations_line WHERE authorization_number IS NOT NULL"
        )
        return {number for (number,) in cursor.fetchall()}


def copy_in(
    using: str, tenants: Iterable[UUID], rows: Mapping[str, Sequence[str]], columns: Mapping[str, Sequence[str]]
) -> None:
    """Store one portion in one transaction: for each of TABLES, rows as `row_text` writes them and their columns."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        _open(cursor, tenants)
        for name, table in TABLES.items():
            if not rows[name]:
                continue
            _copy(cursor, table, ", ".join(f'"{column}"' for column in columns[name]), "".join(rows[name]))


def _copy(cursor: Any, table: str, columns: str, text: str) -> None:
    """COPY; by way of a temporary table where the role is subject to row-level security, which COPY does not know."""
    cursor.execute("SELECT row_security_active(%s)", [table])
    is_walled = cursor.fetchone()[0]
    if is_walled:
        cursor.execute(f"CREATE TEMPORARY TABLE arriving (LIKE {table}) ON COMMIT DROP")
    with cursor.copy(f"COPY {'arriving' if is_walled else table} ({columns}) FROM STDIN") as copy:
        copy.write(text)
    if is_walled:
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM arriving")
        cursor.execute("DROP TABLE arriving")


def analyze(using: str) -> None:
    """Fresh statistics, so that the planner knows what was loaded; and counting may trust the indexes alone."""
    what = "ANALYZE" if connections[using].in_atomic_block else "VACUUM (ANALYZE)"
    with connections[using].cursor() as cursor:
        for table in TABLES.values():
            cursor.execute(f"{what} {table}")


def size(using: str) -> int:
    """Bytes of the whole database."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def cell(value: Any) -> str:
    r"""A value as COPY's text format has it: \N for nothing, JSON for documents."""
    if value is None:
        return "\\N"
    if isinstance(value, (dict, list)):
        value = json_text(value)
    elif isinstance(value, bool):
        return "t" if value else "f"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def row_text(cells: Sequence[str]) -> str:
    """Cells as one row."""
    return "\t".join(cells) + "\n"


def _open(cursor: Any, tenants: Iterable[UUID]) -> None:
    names = ",".join(str(tenant) for tenant in tenants)
    cursor.execute("SELECT set_config('forthwith.tenants', %s, true)", [names])
