"""A letter of a case, on the page and as PDF, as its reader has it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now

from forthwith.apps.letters import downloads, queries
from forthwith.domain.permissions import Permission
from forthwith.interfaces.staff_desk.views.case import READERS, list_of, visible
from forthwith.interfaces.web.access import needs
from forthwith.interfaces.web.files import handed_out
from forthwith.interfaces.web.finding import there
from forthwith.interfaces.web.presenting import dates
from forthwith.interfaces.web.presenting.letter import for_screen


@needs(*READERS)
def letter(request: HttpRequest, number: str, id: UUID) -> HttpResponse:
    """The letter as a page."""
    row = visible(request, number)
    found = _found(request, row, id)
    place = [row.number, found.id]
    context = {
        "letter": for_screen(found.content), "number": row.number,
        "written": f"Written {dates.long_moment(found.issued_at, row.plan.zone, now=now())}.",
        "pdf": reverse("staff_desk:letter_pdf", args=place),
        "crumbs": [
            list_of(request.actor),  # type: ignore[attr-defined]
            {"href": reverse("staff_desk:case", args=[row.number]), "text": row.number}, {"text": found.title},
        ],
    }  # fmt: skip
    return render(request, "staff_desk/letter.html", context)


@needs(*READERS)
def letter_pdf(request: HttpRequest, number: str, id: UUID) -> HttpResponse:
    """The letter as a tagged PDF."""
    found = _found(request, visible(request, number), id)
    content, name = downloads.download(found, by=request.actor, at=now())  # type: ignore[attr-defined]
    return handed_out(content, media_type="application/pdf", name=name)


def _found(request: HttpRequest, row: Any, id: UUID) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    actor.need(Permission.LETTER_READ)
    return there(queries.for_subject(actor, "authorization", row.id, at=now()).filter(id=id).first())
