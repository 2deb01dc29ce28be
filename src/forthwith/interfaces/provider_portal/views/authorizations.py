"""The list of the practice's requests, and the search by number."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now

from forthwith.apps.authorizations import queries
from forthwith.domain.numbers import read_number
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal import counting
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.presenters import filters
from forthwith.interfaces.provider_portal.presenters.rows import row
from forthwith.interfaces.provider_portal.views.home import listed
from forthwith.interfaces.web.pages import page_of


@office(Permission.REQUEST_READ)
def authorizations(request: HttpRequest) -> HttpResponse:
    """All requests of the practice; a number in the search opens its own request."""
    actor = request.actor  # type: ignore[attr-defined]
    text = request.GET.get("q", "").strip()
    number = read_number(text[:40]) if text else None
    known = queries.number_of(number, by=actor) if number else None
    if known:
        return redirect("provider_portal:authorization", number=known)
    return render(request, "provider_portal/authorizations.html", _context(request, actor, text, number))


def _context(request: HttpRequest, actor: Any, text: str, number: str | None) -> dict[str, Any]:
    status, order = request.GET.get("status", ""), request.GET.get("order", "")
    counts = counting.by_status(actor)
    page = page_of(request, filters.ordered(filters.narrowed(listed(actor), status), order))
    at = now()
    return {
        "live": " ".join(str(one.id) for one in page.rows), "page": page, "rows": [row(one, at=at) for one in page.rows],
        "filters": filters.filters(counts, current=status, order=order),
        "sorts": filters.orders(current=order, status=status),
        "heading": "All requests" if not status else f"{filters.word_of(status)} requests",
        "lead": f"{sum(counts.values())} requests of your practice.",
        "search_text": text[:40], "not_found": _not_found(text, number),
        "may_request": actor.may(Permission.REQUEST_SUBMIT),
    }  # fmt: skip


def _not_found(text: str, number: str | None) -> str:
    if not text:
        return ""
    if number is None:
        return "A number looks like R-7KQ4-93XM or A-5TW2-81PC; this one has a wrong character."
    return "It may belong to another practice."
