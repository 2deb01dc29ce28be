"""Begin a request for a patient that one has found: a draft is made at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from forthwith.apps.authorizations import actions
from forthwith.apps.directory import queries as directory
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.drafting import new_document
from forthwith.interfaces.provider_portal.presenters.rows import full_name
from forthwith.interfaces.provider_portal.seen import may_see
from forthwith.interfaces.web.presenting.dates import local_date


@office(Permission.REQUEST_DRAFT)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Make the draft and go to its second step."""
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    member = _member(request)
    today = local_date(at, request.portal.zone)  # type: ignore[attr-defined]
    coverage = _coverage(member, today)
    if coverage is None:
        messages.error(request, f"{full_name(member)} has no coverage by this plan, now or later.")
        return redirect("provider_portal:member", id=member.id)
    organization = directory.organization(actor.organizations[0])
    draft = actions.save_draft(
        document=new_document(member=member, payer_id=coverage.plan.payer_id, requester_npi=organization.npi),
        title="", organization_id=organization.id, member_id=member.id, member_name=full_name(member), by=actor, at=at,
    )  # fmt: skip
    return redirect("provider_portal:services", id=draft.id)


def _member(request: HttpRequest) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    try:
        key = UUID(request.POST.get("member", ""))
    except ValueError:
        raise Http404 from None
    member = directory.member(actor.tenant_id, key)
    if member is None or not may_see(request, member.id):
        raise Http404
    return member


def _coverage(member: Any, today: Any) -> Any | None:
    """The span in force today, else the one that begins next; None where all have ended."""
    spans = [one for one in directory.coverages_of(member.id) if one.ends_on is None or one.ends_on >= today]
    return min(spans, key=lambda one: (one.starts_on > today, one.priority, one.starts_on), default=None)
