"""Taking a case, taking the next one, and giving one back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from forthwith.apps.authorizations.asking import Stale
from forthwith.apps.review import actions, queries
from forthwith.apps.review.actions import AlreadyTaken
from forthwith.domain.lifecycle import MoveRefused
from forthwith.domain.permissions import Permission
from forthwith.interfaces.staff_desk.presenters.filters import read_filters
from forthwith.interfaces.staff_desk.views.case import show, visible
from forthwith.interfaces.web.access import needs
from forthwith.interfaces.web.forms import refusal_text

TRIES = 5


@needs(Permission.CASE_TAKE)
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take this case; `over=1` takes it over from whoever has it."""
    over = request.POST.get("over") == "1"
    return _do(request, number, lambda **more: actions.take(over=over, **more), "This case is with you.")


@needs(Permission.CASE_TAKE)
@require_POST
def release(request: HttpRequest, number: str) -> HttpResponse:
    """Give this case back to the worklist."""
    return _do(request, number, actions.release, "Given back to the worklist.")


def _do(request: HttpRequest, number: str, act: Callable[..., Any], done: str) -> HttpResponse:
    visible(request, number)
    version = request.POST.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        return show(request, visible(request, number), refused="Open the case, then try again.")
    try:
        act(number=number, by=request.actor, at=now(), version=int(version))  # type: ignore[attr-defined]
    except (AlreadyTaken, MoveRefused, Stale) as refusal:
        return show(request, visible(request, number), refused=refusal_text(refusal))
    messages.success(request, done)
    return redirect("staff_desk:case", number=number)


@needs(Permission.CASE_TAKE)
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the case that is due soonest and that nobody has; physicians begin with their own queue."""
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    chosen = read_filters(request.POST.getlist("only")) | {"unassigned"}
    for view in _queues(actor, request.POST.get("view", "")):
        for row in queries.worklist(actor, view=view, at=at, filters=chosen)[:TRIES]:
            try:
                actions.take(number=row.number, by=actor, at=at)
            except (AlreadyTaken, MoveRefused):
                continue
            return redirect("staff_desk:case", number=row.number)
    messages.info(request, "Nothing waits here that nobody has.")
    return redirect("staff_desk:worklist")


def _queues(actor: Any, view: str) -> tuple[str, ...]:
    if view in ("first", "physician"):
        return (view,)
    return ("physician", "first") if actor.may(Permission.DETERMINATION_MAKE) else ("first",)
