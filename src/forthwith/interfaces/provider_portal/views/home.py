"""Home: what waits for the office, its drafts, and its submitted requests (S0-7, S0-8, S0-9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now

from forthwith.apps.authorizations import queries
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal import counting
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.presenters import filters
from forthwith.interfaces.provider_portal.presenters.drafts import draft_row
from forthwith.interfaces.provider_portal.presenters.rows import row
from forthwith.interfaces.provider_portal.presenters.waiting import waiting
from forthwith.interfaces.web.presenting import dates

SHOWN = 8
DRAFTS = 6


@office(Permission.REQUEST_READ)
def home(request: HttpRequest) -> HttpResponse:
    """The office's first page."""
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    zone = request.portal.zone  # type: ignore[attr-defined]
    status = request.GET.get("status", "")
    counts = counting.by_status(actor)
    waits = waiting(actor, at=at)
    context = {
        "today": f"{at.astimezone(ZoneInfo(zone)):%A}, {dates.day(dates.local_date(at, zone))}",
        "greeting": f"{_greeting(at, zone)}, {actor.name.split()[0]}",
        "lead": _lead(counts, len(waits)), "waiting": waits,
        "updated": f"{dates.clock_time(at, zone)} {dates.zone_letters(zone, at)}",
        **_submitted(actor, counts, status, at), **_drafts(actor, zone, at),
    }  # fmt: skip
    return render(request, "provider_portal/home.html", context)


def _submitted(actor: Any, counts: dict[str, int], status: str, at: datetime) -> dict[str, Any]:
    rows = list(filters.ordered(filters.narrowed(listed(actor), status), "")[:SHOWN])
    whole = sum(counts.values())
    links = filters.filters(counts, current=status, order="")
    current = next((link for link in links if link.is_current), links[0])
    return {
        "live": " ".join(str(one.id) for one in rows), "filters": links, "rows": [row(one, at=at) for one in rows], "has_any": bool(whole),
        "caption": "Submitted authorizations, newest change first",
        "shown": f"Showing the {min(SHOWN, current.count)} that changed last",
        "all_href": f"{reverse('provider_portal:authorizations')}{current.href if status else ''}",
        "all_text": f"See all {current.count}", "may_request": actor.may(Permission.REQUEST_SUBMIT),
    }  # fmt: skip


def listed(actor: Any) -> Any:
    """Visible requests with what a row of a list shows."""
    return queries.visible_to(actor).select_related("plan", "member").prefetch_related("lines")


def _drafts(actor: Any, zone: str, at: datetime) -> dict[str, Any]:
    if not actor.may(Permission.REQUEST_DRAFT):
        return {"drafts": [], "draft_count": 0}
    found = queries.drafts_of(actor, at=at)
    shown = [draft_row(one, zone=zone, at=at) for one in found[:DRAFTS]]
    return {"drafts": shown, "draft_count": found.count() if len(shown) == DRAFTS else len(shown)}


def _greeting(at: datetime, zone: str) -> str:
    hour = at.astimezone(ZoneInfo(zone)).hour
    return "Good morning" if 4 <= hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


def _lead(counts: dict[str, int], waits: int) -> str:
    if waits:
        return f"{waits} request{' waits' if waits == 1 else 's wait'} for something from you."
    running = sum(counts.get(word, 0) for word in counting.OPEN_WORDS)
    if running:
        verb = "is" if running == 1 else "are"
        return f"{running} request{'' if running == 1 else 's'} {verb} with the plan. Nothing waits for you."
    return (
        "Nothing is open." if counts else "Ask for your first authorization: you’ll have an answer or a clock at once."
    )
