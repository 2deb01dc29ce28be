"""Finding a patient by a full combination only; each look-up is recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now

from forthwith.apps.audit.actions import Happening, record
from forthwith.apps.directory import queries as directory
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal import forms
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.presenters.member import Patient, patient
from forthwith.interfaces.provider_portal.presenters.steps import steps
from forthwith.interfaces.provider_portal.seen import note_found
from forthwith.interfaces.web.presenting.dates import local_date


@office(Permission.MEMBER_FIND)
def find_member(request: HttpRequest) -> HttpResponse:
    """The Patients page."""
    return _page(request, heading="Find a patient", starting=False)


@office(Permission.REQUEST_SUBMIT)
def new(request: HttpRequest) -> HttpResponse:
    """The wizard's first step: for whom?"""
    return _page(request, heading="Who is it for?", starting=True)


def _page(request: HttpRequest, *, heading: str, starting: bool) -> HttpResponse:
    today = local_date(now(), request.portal.zone)  # type: ignore[attr-defined]
    by = request.POST.get("by")  # names and birth dates never stand in an address
    by_number = forms.FindByNumber(request.POST if by == "number" else None, today=today)
    by_name = forms.FindByName(request.POST if by == "name" else None, today=today)
    asked = by_number if by == "number" else by_name
    searched = asked.is_bound and asked.is_valid()
    results = _found(request, asked.cleaned_data, by=str(by), today=today) if searched else []
    step = steps(None, "patient")
    context = {
        "heading": heading, "starting": starting, "by_number": by_number, "by_name": by_name,
        "searched": searched, "results": results, "steps": step, "step": step[0],
        "action": reverse("provider_portal:new" if starting else "provider_portal:find_member"),
        "may_request": request.actor.may(Permission.REQUEST_SUBMIT),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "provider_portal/find_member.html", context)


def _found(request: HttpRequest, given: dict[str, Any], *, by: str, today: date) -> list[Patient]:
    actor = request.actor  # type: ignore[attr-defined]
    members = directory.members_by_combination(actor.tenant_id, **given)
    note_found(request, (one.id for one in members))
    looked_up = Happening(
        verb="members_looked_up",
        subject_type="member",
        facts={"by": by, "found": [str(one.id) for one in members]},
    )
    record([looked_up], tenant_id=actor.tenant_id, by=actor, at=now())
    return [patient(one, directory.coverages_of(one.id), today=today) for one in members]
