"""Filters and orders of a list of requests, as links that keep each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F

from forthwith.domain.words import Status
from forthwith.interfaces.provider_portal.counting import OPEN_STATES, OPEN_WORDS

ALL, OPEN = "", "open"
CHOICES: tuple[tuple[str, str], ...] = (
    (ALL, "All"),
    (OPEN, "Open"),
    ("send-back", Status.SEND_BACK),
    ("approved", Status.APPROVED),
    ("partial", Status.PARTIALLY_APPROVED),
    ("denied", Status.DENIED),
    ("not-required", Status.NOT_REQUIRED),
    ("withdrawn", Status.WITHDRAWN),
)
ORDERS: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "": ("Newest change first", ("-changed_at", "-id")),
    "due": ("Due first", (F("due_at").asc(nulls_last=True), "id")),
    "received": ("Received last first", ("-received_at", "-id")),
    "name": ("By patient", ("member__last_name_plain", "member__first_name_plain", "-received_at")),
}


@dataclass(frozen=True, slots=True)
class Link:
    """One filter or order."""

    text: str
    href: str
    is_current: bool
    count: int = 0


def word_of(key: str) -> str:
    """The status word of a filter; unknown filters are All."""
    return dict(CHOICES).get(key, "All")


def narrowed(rows: Any, key: str) -> Any:
    """The rows of this filter."""
    if key == OPEN:
        return rows.filter(state__in=OPEN_STATES)
    if key and key in dict(CHOICES):
        return rows.filter(status=word_of(key))
    return rows


def ordered(rows: Any, key: str) -> Any:
    """The rows in this order."""
    return rows.order_by(*ORDERS.get(key, ORDERS[""])[1])


def filters(counts: Mapping[str, int], *, current: str, order: str) -> list[Link]:
    """The filters that have rows, All always."""
    shown = []
    for key, text in CHOICES:
        count = _count(counts, key)
        if count or key in (ALL, current):
            shown.append(Link(str(text), _href(key, order), key == current, count))
    return shown


def _count(counts: Mapping[str, int], key: str) -> int:
    if key == ALL:
        return sum(counts.values())
    if key == OPEN:
        return sum(counts.get(word, 0) for word in OPEN_WORDS)
    return counts.get(word_of(key), 0)


def orders(*, current: str, status: str) -> list[Link]:
    """The orders of the list."""
    return [Link(text, _href(status, key), key == current) for key, (text, _) in ORDERS.items()]


def _href(status: str, order: str) -> str:
    return "?" + urlencode({key: value for key, value in (("status", status), ("order", order)) if value})
