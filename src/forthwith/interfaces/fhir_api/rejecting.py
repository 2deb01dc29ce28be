"""A refusal by the plan's rules as a ClaimResponse with outcome error: X12 901 codes, our words, where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from forthwith.apps.authorizations.asking import Problem
from forthwith.formats.fhir.pas import Note, PasAnswer, PasRequest, Rejection

#: Our problem to X12 element 901 (reject reason) and element 889 (C correct and send again, N do not).
CODES: dict[str, tuple[str, str]] = {
    "member_unknown": ("75", "C"),
    "coverage_inactive": ("95", "N"),
    "npi_invalid": ("43", "C"),
    "provider_unknown": ("51", "C"),
    "requester_not_yours": ("41", "N"),
    "service_unknown": ("AG", "C"),
    "date_missing": ("57", "C"),
    "dates_reversed": ("57", "C"),
    "diagnosis_missing": ("AF", "C"),
    "expedited_after_care": ("56", "C"),
}
_OTHER = ("33", "C")
_CLAIM = "Bundle.entry[0].resource"
_PLACES = {
    "member": f"{_CLAIM}.patient",
    "requester": f"{_CLAIM}.provider",
    "practitioner": f"{_CLAIM}.careTeam",
    "diagnoses": f"{_CLAIM}.diagnosis",
    "urgency": f"{_CLAIM}.priority",
    "lines": f"{_CLAIM}.item",
}
_LINE = re.compile(r"line ([0-9]+)( rendering| facility)?")
_ELEMENTS = {"service_unknown": ".productOrService", "units_invalid": ".quantity"}


def rejected(problems: Iterable[Problem], request: PasRequest, *, at: datetime) -> PasAnswer:
    """Return every problem as an error of the response, each with its text as a note."""
    rejections, notes = [], []
    for number, problem in enumerate(problems, start=1):
        code, follow_up = CODES.get(problem.code, _OTHER)
        rejections.append(Rejection(code, follow_up, _path(problem, request), number))
        notes.append(Note(number, problem.text))
    return _answer(rejections, notes, at)


def updates_are_not_taken(request: PasRequest, *, at: datetime) -> PasAnswer:
    """Return the rejection of an update or cancellation (PAS 2.2.1: a payer may reject updates)."""
    path = f"{_CLAIM}.related" if request.is_update else f"{_CLAIM}.extension"
    text = "Changes to a request are not taken here. Withdraw the request in the portal, or send a new one."
    return _answer([Rejection("33", "N", path, 1)], [Note(1, text)], at)


def _answer(rejections: list[Rejection], notes: list[Note], at: datetime) -> PasAnswer:
    return PasAnswer(key=str(uuid4()), created=at, outcome="error", rejections=tuple(rejections), notes=tuple(notes))


def _path(problem: Problem, request: PasRequest) -> str:
    line = _LINE.fullmatch(problem.where)
    if line is None:
        return _PLACES.get(problem.where, "")
    places = {item.sequence: place for place, item in enumerate(request.items)}
    place = places.get(int(line[1]))
    if place is None:
        return f"{_CLAIM}.item"
    if line[2]:
        return f"{_CLAIM}.item[{place}].careTeamSequence"
    return f"{_CLAIM}.item[{place}]{_ELEMENTS.get(problem.code, '')}"
