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
    """One link. `covers` are further views that light it; `count(request)` a number beside it, or None."""

    view: str
    icon: str
    text: str
    needs: Permission | None = None
    covers: tuple[str, ...] = ()
    heading: str = ""
    count: Callable[[Any], int | None] | None = None
    counted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rail:
    """A door's navigation and how its shell is dressed."""

    door: str
    home: str
    entries: tuple[Entry, ...]
    side: str = ""
    is_staff: bool = False
    needs: Permission
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
    return next((rail for rail in rails() if rail.is_staff is actor.is_staff and rail.needs in actor.permissions), None)


def home_for(actor: Any) -> str | None:
    """Where this person begins; None where no door is theirs."""
    rail = rail_for("", actor)
    return reverse(rail.home) if rail else None


def links(rail: Rail, request: Any, permissions: Iterable[Permission]) -> list[Link]:
    """The rail's entries that the permissions allow, the present one marked."""
    held = set(permissions)
    here = request.resolver_match.view_name if request.resolver_match else ""
    allowed = (entry for entry in rail.entries if entry.needs is None or entry.needs in held)
    return [_link(entry, here, request) for entry in allowed]


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
