"""Tabs and filters of the worklist as links that keep each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from forthwith.domain.permissions import Permission
from forthwith.interfaces.staff_desk.counting import count

TABS = (
    ("all", "All open"),
    ("physician", "Medical director queue"),
    ("mine", "Mine"),
    ("first", "First review"),
    ("waiting", "Waiting for information"),
    ("notices", "Notices to give"),
)
NEEDS = {"mine": Permission.CASE_TAKE, "notices": Permission.NOTICE_RECORD}
FILTERS = (
    ("due24", "Due in 24 h"),
    ("expedited", "Expedited"),
    ("part_b_drug", "Part B drug"),
    ("unassigned", "Nobody has it"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A tab or a filter."""

    text: str
    href: str
    is_current: bool
    count: str = ""


def read_view(text: str) -> str:
    """The view asked for; anything unknown is all."""
    return text if text in dict(TABS) else "all"


def read_filters(given: list[str]) -> frozenset[str]:
    """The filters asked for; what is unknown is left out."""
    return frozenset(given) & frozenset(dict(FILTERS))


def title_of(view: str) -> str:
    """The tab's words."""
    return dict(TABS)[view]


def tabs(actor: Any, current: str) -> list[Link]:
    """The views with their counts; "Mine" only for those who take cases, notices for those who record them."""
    shown = [tab for tab in TABS if tab[0] not in NEEDS or actor.may(NEEDS[tab[0]])]
    return [Link(text, href(key), key == current, count(actor, key).text) for key, text in shown]


def links(view: str, chosen: frozenset[str]) -> list[Link]:
    """Each filter as a link that switches it, the others staying as they are."""
    switched = [Link(text, href(view, chosen ^ {key}), key in chosen) for key, text in FILTERS]
    return [Link("All", href(view), not chosen), *switched]


def href(view: str, chosen: frozenset[str] = frozenset()) -> str:
    """The address of a view with these filters."""
    pairs = ([("view", view)] if view != "all" else []) + [("only", key) for key in sorted(chosen)]
    return reverse("staff_desk:worklist") + (f"?{urlencode(pairs)}" if pairs else "")
