"""The services that can be asked for at this portal: listed, searched by words, named by code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from forthwith.apps.authorizations.reference import reference
from forthwith.interfaces.provider_portal.drafting import Document
from forthwith.interfaces.web.presenting.line import shown_code

MOST = 8


@dataclass(frozen=True, slots=True)
class Offered:
    """A service of the plan."""

    key: str
    code: str
    name: str
    unit: str
    category: str


def offered(request: HttpRequest) -> list[Offered]:
    """All services of the tenant, in the catalogue's order."""
    known = reference(request.actor.tenant_id)  # type: ignore[attr-defined]
    return [Offered(one.key, shown_code(one.key), one.name, one.unit, one.category) for one in known.services.values()]


def options(request: HttpRequest, typed: str) -> list[Offered]:
    """Services whose code or name has every word typed."""
    words = typed.casefold().split()
    if not words:
        return []
    matching = (one for one in offered(request) if all(word in f"{one.code} {one.name}".casefold() for word in words))
    return [one for one, _ in zip(matching, range(MOST), strict=False)]


def one_named(request: HttpRequest, typed: str) -> Offered | None:
    """The one service that is meant: by key, by code (also before its name), or by words that fit only one."""
    text = typed.strip().casefold()
    if not text:
        return None
    for one in offered(request):
        code = one.code.casefold()
        if text in (one.key.casefold(), code, one.name.casefold()) or text.startswith(f"{code} "):
            return one
    matching = options(request, typed)
    return matching[0] if len(matching) == 1 else None


def title_of(request: HttpRequest, document: Document) -> str:
    """What the draft is called: its first service and how many more."""
    names: dict[str, Any] = {one.key: one.name for one in offered(request)}
    lines = document.get("lines", [])
    if not lines:
        return ""
    first = str(names.get(lines[0]["service"], lines[0]["service"]))
    return first if len(lines) == 1 else f"{first} and {len(lines) - 1} more"
