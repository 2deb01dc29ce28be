"""How many: numbers beside links and filters."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from forthwith.apps.authorizations import queries
from forthwith.domain.words import State, Status

OPEN_STATES = (State.RECEIVED, State.IN_REVIEW, State.INFORMATION_REQUESTED, State.SENT_BACK)
OPEN_WORDS = (Status.RECEIVED, Status.IN_REVIEW, Status.SEND_BACK)
CEILING = 1000


def open_count(actor: Any) -> int | None:
    """The practice's open requests, counted up to a ceiling; None where there are none."""
    if actor is None:
        return None
    rows = queries.visible_to(actor).filter(state__in=OPEN_STATES).values("id")[:CEILING]
    return rows.count() or None


def by_status(actor: Any) -> dict[str, int]:
    """How many requests of the practice stand at each word."""
    rows = queries.visible_to(actor).order_by().values("status").annotate(found=Count("*"))  # of the index alone
    return {row["status"]: row["found"] for row in rows}
