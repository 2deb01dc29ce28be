"""What the steps of the wizard share: open a draft, save its next version, say clearly when that can't be.

A draft is saved at every step and while one writes (S0-8). A save that comes late or from an old page is refused and
what was typed stays on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from forthwith.apps.authorizations import actions, queries
from forthwith.apps.authorizations.actions.drafts import DraftExpired
from forthwith.apps.authorizations.asking import NotFound, Stale
from forthwith.apps.authorizations.previewing import Preview, preview
from forthwith.apps.directory import queries as directory
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.drafting import Document, asked_of
from forthwith.interfaces.provider_portal.presenters.drafts import saved_words
from forthwith.interfaces.provider_portal.presenters.member import patient
from forthwith.interfaces.provider_portal.presenters.steps import steps
from forthwith.interfaces.web.presenting import dates

StepView = Callable[[HttpRequest, Any], HttpResponseBase]


def step_view(view: StepView) -> Callable[..., HttpResponseBase]:
    """A step of the wizard on a draft of the practice: 404 for others', a page of its own for an expired one."""

    @office(Permission.REQUEST_DRAFT)
    @wraps(view)
    def opened(request: HttpRequest, id: UUID) -> HttpResponseBase:
        draft = draft_or_404(request, id)
        if draft is None:
            return gone(request, id)
        if draft.expires_at <= now():
            return expired(request, draft)
        return view(request, draft)

    return opened


def draft_or_404(request: HttpRequest, id: UUID) -> Any | None:
    """The draft; None where it has become a request."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        return queries.draft(id, by=actor)
    except NotFound:
        if queries.submitted_under(str(id), by=actor):
            return None
        raise Http404 from None


def gone(request: HttpRequest, id: UUID) -> HttpResponse:
    """The draft has been submitted: its request is the answer, however often it is sent."""
    number = queries.submitted_under(str(id), by=request.actor)  # type: ignore[attr-defined]
    return redirect("provider_portal:authorization", number=number)


def gone_or_taken(request: HttpRequest, id: UUID) -> HttpResponse:
    """The draft vanished at this moment: by one's own first press, or by a colleague."""
    if queries.submitted_under(str(id), by=request.actor):  # type: ignore[attr-defined]
        return gone(request, id)
    messages.info(request, "Somebody in your practice submitted or deleted this draft just now.")
    return redirect("provider_portal:home")


def expired(request: HttpRequest, draft: Any) -> HttpResponse:
    """410 with what to do instead."""
    if wants_json(request):
        return JsonResponse({"says": str(DraftExpired.__doc__), "stale": True}, status=410)
    return render(request, "provider_portal/draft_expired.html", {"draft": draft}, status=410)


def wants_json(request: HttpRequest) -> bool:
    """Does a script ask (the saving while one writes)?"""
    return request.headers.get("Accept", "") == "application/json"


def version_of(request: HttpRequest) -> int | None:
    """The version that the form was made from; 0, which no draft has, where it is unreadable."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def typed(request: HttpRequest) -> QueryDict:
    """What the form says. A NUL, which the database takes nowhere, is shown as �; `save` refuses it."""
    post = request.POST.copy()
    for name in post:
        post.setlist(name, [text.replace("\x00", "�") for text in post.getlist(name)])
    return post


def save(request: HttpRequest, draft: Any, document: Document, *, title: str | None = None) -> Any:
    """The draft's next version. Raises Stale (also for what can't be kept) and DraftExpired."""
    if any("\x00" in text for _, texts in request.POST.lists() for text in texts):
        raise Stale("Nothing was saved: a character can’t be kept. It is shown as � below. Take it out and try again.")
    return actions.save_draft(
        document=document, title=draft.title if title is None else title, draft_id=draft.id,
        version=version_of(request), by=request.actor, at=now(),  # type: ignore[attr-defined]
    )  # fmt: skip


def autosaved(request: HttpRequest, draft: Any, document: Document, *, title: str | None = None) -> JsonResponse:
    """The answer to a save while one writes."""
    try:
        saved = save(request, draft, document, title=title)
    except (Stale, DraftExpired) as refusal:
        return JsonResponse({"says": str(refusal), "stale": True}, status=409)
    return JsonResponse({"says": saved_words(saved, zone=zone_of(request)), "version": saved.version})


def zone_of(request: HttpRequest) -> str:
    """The portal's own zone: before there is a plan, times are shown in it."""
    return str(request.portal.zone)  # type: ignore[attr-defined]


def context_of(request: HttpRequest, draft: Any, step: str, *, at: datetime) -> dict[str, Any]:
    """What every step shows: progress, patient, when it was saved."""
    actor = request.actor  # type: ignore[attr-defined]
    way = steps(draft, step)
    member = directory.member(actor.tenant_id, draft.member_id) if draft.member_id else None
    today = dates.local_date(at, zone_of(request))
    covers = [one for one in directory.coverages_of(draft.member_id) if one.ends_on is None or one.ends_on >= today]
    index = [one.is_current for one in way].index(True)
    return {
        "draft": draft, "steps": way, "step": way[index], "here": request.path,
        "back": way[index - 1].href or reverse("provider_portal:home"),
        "patient": patient(member, covers, today=today) if member else None,
        "saved": saved_words(draft, zone=zone_of(request)),
    }  # fmt: skip


def covers_of(draft: Any, today: date) -> list[Any]:
    """The member's spans of coverage that have not ended."""
    return [one for one in directory.coverages_of(draft.member_id) if one.ends_on is None or one.ends_on >= today]


def plans_of(draft: Any, today: date) -> dict[str, str]:
    """The plans that a request may go to: names by payer id."""
    return {one.plan.payer_id: one.plan.name for one in covers_of(draft, today)}


def looked(request: HttpRequest, draft: Any, document: Document, *, at: datetime) -> Preview:
    """What the rules say of the draft now."""
    return preview(asked_of(document, key=str(draft.id)), by=request.actor, at=at)  # type: ignore[attr-defined]


def left(request: HttpRequest, draft: Any) -> HttpResponse:
    """Home, with word that the draft is kept."""
    until = dates.day(dates.local_date(draft.expires_at, zone_of(request)))
    messages.success(request, f"Draft saved. It is kept until {until}, and anyone in your practice may go on with it.")
    return redirect("provider_portal:home")


@office(Permission.REQUEST_DRAFT)
def resume(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Go on with a draft where one stopped."""
    draft = draft_or_404(request, id)
    if draft is None:
        return gone(request, id)
    step = str(draft.document.get("step", "services"))
    known = step if step in ("services", "questions", "documents", "review") else "services"
    return redirect(f"provider_portal:{known}", id=draft.id)


@office(Permission.REQUEST_DRAFT)
@require_POST
def discard(request: HttpRequest, id: UUID) -> HttpResponse:
    """Throw the draft away."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        actions.discard_draft(draft_id=id, by=actor, at=now())
    except NotFound:
        raise Http404 from None
    messages.success(request, "The draft was deleted.")
    return redirect("provider_portal:home")
