"""All requests of the plan, newest first, and the search by number. An auditor begins here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now

from forthwith.apps.audit import queries as audit
from forthwith.apps.authorizations import queries
from forthwith.domain.numbers import read_number
from forthwith.domain.permissions import Permission
from forthwith.interfaces.staff_desk.presenters import records
from forthwith.interfaces.staff_desk.views.case import READERS
from forthwith.interfaces.web.access import needs
from forthwith.interfaces.web.pages import page_of


@needs(*READERS)
def requests(request: HttpRequest) -> HttpResponse:
    """The list; a number in the search opens its own request."""
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    text = request.GET.get("q", "").strip()[:40]
    number = read_number(text) if text else None
    known = queries.number_of(number, by=actor) if number else None
    if known:
        return redirect("staff_desk:case", number=known)
    status = request.GET.get("status", "")
    page = page_of(request, queries.newest(actor, status=records.WORDS.get(status)))
    audits = actor.may(Permission.AUDIT_READ)
    context = {
        "page": page, "rows": [records.record(one, at=at) for one in page.rows], "filters": records.links(status),
        "heading": records.WORDS.get(status, "All requests"), "search_text": text, "audits": audits,
        "seal": records.seal_words(audit.last_seal(actor.tenant_id), zone=request.portal.zone, at=at) if audits else "",  # type: ignore[attr-defined]
        "live": " ".join(str(one.id) for one in page.rows),
    }  # fmt: skip
    return render(request, "staff_desk/requests.html", context)
