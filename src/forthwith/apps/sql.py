"""One way to send a hand-written statement: rows as named tuples, JSON both ways.

The submission's path uses few, exact statements (docs/adr/0006); everything
else uses the ORM. Statements go through Django's cursor, so that they are
counted, recorded and prepared like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} can't be written as JSON")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


def json_text(value: object) -> str:
    """`value` as compact JSON; dates and instants in ISO 8601, UUIDs and decimals as text."""
    return _encoder.encode(value).decode()


def read_json(text: str | None) -> Any:
    """What a jsonb column holds (Django's cursor hands it over as text)."""
    return None if text is None else msgspec.json.decode(text)


def one(statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...] | None:
    """The first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def run(statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """Send a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@dataclass(frozen=True, slots=True)
class Part:
    """A statement that may travel alone or with others in one; its name and its placeholders are its own."""

    name: str
    statement: str
    values: Mapping[str, Any] = field(default_factory=dict)


def run_together(*parts: Part) -> int:
    """Send these parts as one statement, all or none; how many rows the last one touched.

    Constraints look at the rows of all parts when the statement ends. A part may read what an earlier one
    returns, under its name.
    """
    *before, last = parts
    ahead = ", ".join(f"{part.name} AS ({part.statement})" for part in before)
    values = {name: value for part in parts for name, value in part.values.items()}
    return run(f"WITH {ahead} {last.statement}" if before else last.statement, values)


def read_date(text: str | None) -> date | None:
    """A date out of JSON that PostgreSQL wrote."""
    return date.fromisoformat(text) if text else None


def read_instant(text: str | None) -> datetime | None:
    """An instant out of JSON that PostgreSQL wrote."""
    return datetime.fromisoformat(text) if text else None


def read_key(text: str | None) -> UUID | None:
    """A key out of JSON that PostgreSQL wrote."""
    return UUID(text) if text else None
