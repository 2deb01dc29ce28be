"""One request: the answer, the lines, the clock with its rule, what happened, letters and documents (S0-9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now

from forthwith.apps.audit import queries as audit
from forthwith.apps.authorizations import queries
from forthwith.apps.authorizations.asking import NotFound
from forthwith.apps.letters import queries as letters
from forthwith.domain.lifecycle import Act, allowed
from forthwith.domain.permissions import Permission
from forthwith.domain.words import State
from forthwith.interfaces.provider_portal import forms
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.presenters import authorization as present
from forthwith.interfaces.provider_portal.presenters.attachments import file_row
from forthwith.interfaces.provider_portal.presenters.history import history
from forthwith.interfaces.provider_portal.presenters.letters import decision_href, letter_row, ways_on
from forthwith.interfaces.provider_portal.presenters.waiting import open_question, question


def visible(request: HttpRequest, number: str) -> Any:
    """The request of this number; 404 where it is not theirs or not there."""
    try:
        return queries.found(number, by=request.actor)  # type: ignore[attr-defined]
    except NotFound:
        raise Http404 from None


def crumbs(authorization: Any, here: str = "") -> list[dict[str, Any]]:
    """The way back from a page about this request."""
    way: list[dict[str, Any]] = [{"href": reverse("provider_portal:authorizations"), "text": "Authorizations"}]
    if not here:
        return [*way, {"text": authorization.number, "is_code": True}]
    href = reverse("provider_portal:authorization", args=[authorization.number])
    return [*way, {"href": href, "text": authorization.number}, {"text": here}]


@office(Permission.REQUEST_READ)
def authorization(request: HttpRequest, number: str) -> HttpResponse:
    """The page of one request."""
    return show(request, visible(request, number))


def show(request: HttpRequest, row: Any, *, upload: forms.Upload | None = None) -> HttpResponse:
    """The page, also when an upload on it was refused."""
    context = _context(request, row, at=now()) | {"upload": upload or forms.Upload()}
    return render(request, "provider_portal/authorization.html", context)


def _context(request: HttpRequest, row: Any, *, at: datetime) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    lines = list(row.lines.all())
    in_force = queries.determinations_in_force(row)
    written = list(letters.for_subject(actor, "authorization", row.id, at=at))
    asked = open_question(row)
    return {
        "crumbs": crumbs(row),
        "page": present.page(row, lines, list(in_force.values()), at=at, letter=decision_href(written, row.number)),
        "lines": [present.line_row(line) for line in lines],
        "criteria": present.checklist(lines),
        "steps": history(audit.of_subject(row.id), row, in_force, now=at),
        "clock": present.clock_panel(row, lines, at=at),
        "letters": [letter_row(one, row, at=at) for one in written],
        "ways_on": ways_on(written),
        "attachments": [file_row(one, row.plan.zone, number=row.number) for one in row.attachments.all()],
        "facts": present.request_facts(row, lines),
        "asked": question(row, asked, at=at) if asked else None,
        "upload_hint": forms.UPLOAD_HINT,
        "attach_action": reverse("provider_portal:attach", args=[row.number]),
        **_rights(actor, row),
    }


def _rights(actor: Any, row: Any) -> dict[str, bool]:
    """What the lifecycle's table and the actor's permissions allow now."""
    acts = allowed(State(row.state), actor.permissions)
    is_open = Act.WITHDRAW in acts
    return {
        "may_request": actor.may(Permission.REQUEST_SUBMIT),
        "may_withdraw": is_open,
        "may_answer": Act.ANSWER in acts,
        "may_attach": is_open and actor.may(Permission.INFORMATION_ANSWER),
    }
