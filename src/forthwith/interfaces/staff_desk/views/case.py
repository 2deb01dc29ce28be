"""The case page: everything that a reviewer needs, and the forms for what they may do now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now

from forthwith.apps.audit import queries as audit
from forthwith.apps.authorizations import queries
from forthwith.apps.authorizations.actions.extend import possible
from forthwith.apps.authorizations.asking import NotFound
from forthwith.apps.authorizations.reference import reference
from forthwith.apps.letters import queries as letters
from forthwith.apps.review import queries as review
from forthwith.domain.clocks import ClockRefused
from forthwith.domain.lifecycle import Act, allowed
from forthwith.domain.permissions import Permission
from forthwith.domain.words import Outcome, State
from forthwith.interfaces.staff_desk import forms
from forthwith.interfaces.staff_desk.presenters import case as present
from forthwith.interfaces.staff_desk.presenters import deciding, facts
from forthwith.interfaces.staff_desk.presenters.history import advice, history
from forthwith.interfaces.staff_desk.presenters.kept import Kept, kept, names_of
from forthwith.interfaces.web.access import needs

READERS = (Permission.WORKLIST_READ, Permission.AUDIT_READ)
SIGNERS = (Permission.DETERMINATION_MAKE, Permission.ADMINISTRATIVE_DENIAL_MAKE)


def visible(request: HttpRequest, number: str) -> Any:
    """The request of this number; 404 where it is not this tenant's or not there."""
    try:
        return queries.found(number, by=request.actor)  # type: ignore[attr-defined]
    except NotFound:
        raise Http404 from None


def list_of(actor: Any) -> dict[str, str]:
    """The way back from a case: to the list that this person works from."""
    if actor.may(Permission.WORKLIST_READ):
        return {"href": reverse("staff_desk:worklist"), "text": "Worklist"}
    return {"href": reverse("staff_desk:requests"), "text": "All requests"}


def open_lines(row: Any) -> list[Any]:
    """The lines that wait for a decision."""
    return [line for line in row.lines.all() if line.outcome == Outcome.PENDED]


def packages_of(row: Any) -> dict[str, Any]:
    """The packages that the lines were held against, in the very version, by key."""
    known = reference(row.tenant_id)
    versions = {line.criteria.get("package"): line.criteria.get("version") for line in row.lines.all() if line.criteria}
    found = {}
    for key, version in versions.items():
        held = known.packages.get(key or "", ())
        match = next((one for one in held if str(one.version) == str(version)), None)
        if match is not None:
            found[str(key)] = match
    return found


@needs(*READERS)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The page of one case."""
    return show(request, visible(request, number))


def show(request: HttpRequest, row: Any, *, refused: str = "", **posted: Any) -> HttpResponse:
    """The page, also after a form on it was refused (given by its name, such as `decide`)."""
    at = now()
    actor = request.actor  # type: ignore[attr-defined]
    acts = allowed(State(row.state), actor.permissions)
    packages = packages_of(row)
    events = list(audit.of_subject(row.id))
    offered = _offered(actor, row, acts, packages, posted, at)
    context = {
        **_read(actor, row, events, packages, at), **offered,
        "version": row.version, "refused": refused, "tried": list(posted.values()),
        "kept": _kept(request, offered) if posted else [],
        "meanwhile": _is_stale(request, row) and events[-1].actor_id != actor.id,
        "crumbs": [list_of(actor), {"text": row.number, "is_code": True}],
    }  # fmt: skip
    return render(request, "staff_desk/case.html", context)


def _is_stale(request: HttpRequest, row: Any) -> bool:
    """Was the form made from an older version than the page that answers it?"""
    return request.method == "POST" and request.POST.get("version", "") != str(row.version)


def _kept(request: HttpRequest, offered: dict[str, Any]) -> list[Kept]:
    """What was written for lines or acts that are no longer open."""
    deciding_ = offered["decide"] if offered["offers"] else None
    shown = names_of([deciding_, *(offered[name] for name in ("ask", "recommend", "extend", "notice"))])
    return kept(request.POST.items(), shown)


def _read(actor: Any, row: Any, events: list[Any], packages: dict[str, Any], at: datetime) -> dict[str, Any]:
    lines = list(row.lines.all())
    in_force, tally = queries.determinations_in_force(row), facts.tally(lines)
    sheets = [facts.sheet(group, packages) for group in facts.alike(lines)]
    recommendations = list(review.recommendations_of(row.id))
    return {
        "head": present.head(row, lines, at=at), "tally": tally, "why": present.why(lines, tally, attested_by=row.attested_by),
        "advice": advice(recommendations) if row.open_lines else "",
        "sheets": [one for one in sheets if one], "answers": facts.answers(row, packages),
        "lines": [present.line(line, in_force.get(line.id)) for line in lines],
        "diagnoses": present.diagnoses(row), "clinical_reason": row.clinical_reason,
        "submitted_by": row.submitted_by_name, "exchanges": present.exchanges(row, now=at),
        "files": present.files(row), "notices": present.notices(row, now=at),
        "letters": [present.letter(row, one, now=at) for one in letters.for_subject(actor, "authorization", row.id, at=at)],
        "steps": history(events, recommendations, zone=row.plan.zone, now=at),
    }  # fmt: skip


def _offered(
    actor: Any, row: Any, acts: tuple[Act, ...], packages: dict[str, Any], posted: dict[str, Any], at: datetime
) -> dict[str, Any]:
    held, waiting = review.assignment_of(row.id), open_lines(row)
    is_mine = held is not None and held.person_id == actor.id
    decide = posted.get("decide") or decide_form(actor, waiting)
    offers = deciding.offers(actor, row, waiting, decide) if Act.DECIDE_LINE in acts else []
    extension = offered_extension(row, waiting, at) if Act.EXTEND in acts else None
    return {
        "held_by": held.person_name if held and waiting else "", "is_mine": is_mine,
        "may_take": Act.TAKE in acts and not is_mine, "may_release": Act.RELEASE in acts and is_mine,
        "decide": decide, "offers": offers, "signs_denials": any(one.may_deny or one.may_reduce for one in offers),
        "ask": posted.get("ask") or ask_form(waiting, packages) if Act.ASK in acts or Act.SEND_BACK in acts else None,
        "may_ask": Act.ASK in acts, "may_send_back": Act.SEND_BACK in acts,
        "recommend": posted.get("recommend") or forms.Recommend(lines=waiting) if Act.RECOMMEND in acts and waiting else None,
        "extend": posted.get("extend") or extend_form(extension) if extension else None, "extension": extension,
        "notice": posted.get("notice") or notice_form(row) if Act.NOTIFY in acts else None,
        "may_do": any(act in acts for act in (Act.TAKE, Act.DECIDE_LINE, Act.NOTIFY)),
    }  # fmt: skip


def decide_form(actor: Any, lines: list[Any], data: Any = None) -> forms.Decide:
    """The decision form for these lines."""
    return forms.Decide(data, lines=lines, must_affirm=any(map(actor.may, SIGNERS)))


def ask_form(lines: list[Any], packages: dict[str, Any], data: Any = None) -> forms.Ask:
    """The form that asks the office, offering what would decide."""
    return forms.Ask(data, missing=facts.missing(lines, packages))


def offered_extension(row: Any, lines: list[Any], at: datetime) -> Any | None:
    """The extension that a rule would give now, or None."""
    try:
        return possible(row, lines, at=at)
    except ClockRefused:
        return None


def extend_form(extension: Any | None, data: Any = None) -> forms.Extend:
    """The form that takes this extension."""
    return forms.Extend(data, reasons=[(one.key, one.words) for one in extension.reasons] if extension else [])


def notice_form(row: Any, data: Any = None) -> forms.Notice:
    """The form that records a notice to whoever was not told yet."""
    told = {one.recipient for one in row.notices_given.all()}
    return forms.Notice(data, untold=[one for one in forms.RECIPIENTS if one not in told])
