"""A letter on the page and as PDF: the same content document, the same bytes every time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now

from forthwith.apps.letters import downloads, queries
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.views.authorization import crumbs, visible
from forthwith.interfaces.web.files import handed_out
from forthwith.interfaces.web.finding import there
from forthwith.interfaces.web.presenting import dates
from forthwith.interfaces.web.presenting.letter import for_screen


@office(Permission.LETTER_READ)
def letter(request: HttpRequest, number: str, id: UUID) -> HttpResponse:
    """The letter as a page."""
    row = visible(request, number)
    found = _found(request, row, id)
    zone = row.plan.zone
    written = dates.long_moment(found.issued_at, zone, now=now())
    kept = dates.day(dates.local_date(found.visible_until, zone))
    context = {
        "letter": for_screen(found.content), "number": row.number, "crumbs": crumbs(row, found.title),
        "written": f"Written {written}. Kept here until {kept}.",
        "pdf": reverse("provider_portal:letter_pdf", args=[row.number, found.id]),
    }  # fmt: skip
    return render(request, "provider_portal/letter.html", context)


@office(Permission.LETTER_READ)
def letter_pdf(request: HttpRequest, number: str, id: UUID) -> HttpResponse:
    """The letter as a tagged PDF; `?print=large` sets it in large print."""
    found = _found(request, visible(request, number), id)
    large = request.GET.get("print") == "large"
    content, name = downloads.download(found, by=request.actor, at=now(), in_large_print=large)  # type: ignore[attr-defined]
    return handed_out(content, media_type="application/pdf", name=name)


def _found(request: HttpRequest, row: Any, id: UUID) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    return there(queries.for_subject(actor, "authorization", row.id, at=now()).filter(id=id).first())
