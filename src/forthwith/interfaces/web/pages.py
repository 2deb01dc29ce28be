"""Pages of a list: which part of it this request asks for.

Lists are counted only up to a ceiling, so that page one of a million rows costs what page one of a hundred does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

SIZE = 25
LAST = 400


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list. Knows whether there is more without counting the whole."""

    rows: Sequence[Any]
    number: int
    has_next: bool
    last_page_number: int | None = None

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def page_number(request: HttpRequest) -> int:
    """The page asked for; anything unreadable is page 1."""
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), LAST) if text.isdecimal() and len(text) < 6 else 1


def page_of(request: HttpRequest, rows: Any, *, size: int = SIZE) -> Page:
    """The page of a queryset or list: one row more than fits is read, to know whether another page follows."""
    number = page_number(request)
    start = (number - 1) * size
    shown = list(rows[start : start + size + 1])
    return Page(shown[:size], number, len(shown) > size and number < LAST)
