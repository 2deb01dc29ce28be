"""How many: numbers on the worklist's tabs, counted only up to a ceiling so that a long list costs what a short one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.timezone import now

from forthwith.apps.review import queries

CEILING = 200


@dataclass(frozen=True, slots=True)
class Count:
    """A number and how it reads."""

    number: int

    @property
    def text(self) -> str:
        """`14`, or `200+` at the ceiling."""
        return f"{CEILING}+" if self.number >= CEILING else str(self.number)


def count(actor: Any, view: str, filters: frozenset[str] = frozenset()) -> Count:
    """The open requests of a view of the worklist."""
    rows = queries.worklist(actor, view=view, at=now(), filters=filters)
    return Count(rows.order_by().values("id")[:CEILING].count())
