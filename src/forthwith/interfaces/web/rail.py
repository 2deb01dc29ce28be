"""The rail: what each side of the house offers in its navigation, as data.

Each door registers its entries when it starts (`apps.py`); the shell shows those that the person's permissions
allow and marks the one where they are. A door that is not installed leaves no dead link behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from forthwith.domain.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link, for whoever holds any of `needs`.

    `covers` are further views that light it; `count(request)` a number beside it, or None.
    """

    view: str
    icon: str
    text: str
    needs: tuple[Permission, ...]
    covers: tuple[str, ...] = ()
    heading: str = ""
    count: Callable[[Any], int | None] | None = None
    counted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rail:
    """A door's navigation and how its shell is dressed. Home is the first entry that the person may use."""

    door: str
    entries: tuple[Entry, ...]
    side: str = ""
    is_staff: bool = False
    search_view: str = ""
    search_label: str = ""
    search_placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry ready to draw."""

    href: str
    icon: str
    text: str
    is_current: bool
    count: int | None
    counted: str
    heading: str


@dataclass(slots=True)
class _Registry:
    rails: dict[str, Rail] = field(default_factory=dict)


_registry = _Registry()


def register(rail: Rail) -> None:
    """Add a door's rail; called once by the door's AppConfig."""
    _registry.rails[rail.door] = rail


def rails() -> tuple[Rail, ...]:
    """All rails, in the order in which the doors were installed."""
    return tuple(_registry.rails.values())


def rail_for(door: str, actor: Any) -> Rail | None:
    """The rail of this door, or of the door on the person's own side of the counter (on pages that no door owns)."""
    if door in _registry.rails:
        return _registry.rails[door]
    theirs = (rail for rail in rails() if rail.is_staff is actor.is_staff)
    return next((rail for rail in theirs if _allowed(rail, actor.permissions)), None)


def home_for(actor: Any, door: str = "") -> str | None:
    """Where this person begins, at this door or at their own; None where no door is theirs."""
    rail = rail_for(door, actor)
    entries = _allowed(rail, actor.permissions) if rail else []
    return reverse(entries[0].view) if entries else None


def links(rail: Rail, request: Any, permissions: Iterable[Permission]) -> list[Link]:
    """The rail's entries that the permissions allow, the present one marked."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [_link(entry, here, request) for entry in _allowed(rail, permissions)]


def _allowed(rail: Rail, permissions: Iterable[Permission]) -> list[Entry]:
    held = set(permissions)
    return [entry for entry in rail.entries if held.intersection(entry.needs)]


def _link(entry: Entry, here: str, request: Any) -> Link:
    return Link(
        href=reverse(entry.view),
        icon=entry.icon,
        text=entry.text,
        is_current=here == entry.view or here in entry.covers,
        count=entry.count(request) if entry.count else None,
        counted=entry.counted,
        heading=entry.heading,
    )
