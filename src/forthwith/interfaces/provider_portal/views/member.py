"""A patient: coverage, and the practice's requests for them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now

from forthwith.apps.directory import queries as directory
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.presenters.member import patient
from forthwith.interfaces.provider_portal.presenters.rows import row
from forthwith.interfaces.provider_portal.seen import may_see
from forthwith.interfaces.provider_portal.views.home import listed
from forthwith.interfaces.web.finding import there
from forthwith.interfaces.web.presenting import dates

SHOWN = 25


@office(Permission.MEMBER_FIND)
def member(request: HttpRequest, id: UUID) -> HttpResponse:
    """The patient's page."""
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    found = there(directory.member(actor.tenant_id, id) if may_see(request, id) else None)
    today = dates.local_date(at, request.portal.zone)  # type: ignore[attr-defined]
    shown = patient(found, directory.coverages_of(found.id), today=today)
    rows = listed(actor).filter(member_id=found.id).order_by("-received_at")[:SHOWN]
    context = {
        "patient": shown, "today": dates.day(today), "authorizations": [row(one, at=at) for one in rows],
        "crumbs": [{"href": reverse("provider_portal:find_member"), "text": "Patients"}, {"text": shown.name}],
        "may_request": actor.may(Permission.REQUEST_SUBMIT),
    }  # fmt: skip
    return render(request, "provider_portal/member.html", context)
