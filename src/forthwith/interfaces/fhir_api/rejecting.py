"""A refusal by the plan's rules as a ClaimResponse with outcome error: X12 901 codes, our words, where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from forthwith.apps.authorizations.asking import Problem
from forthwith.formats.fhir.pas import Note, PasAnswer, PasRequest, Rejection, urls

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
    "diagnosis_invalid": ("AF", "C"),
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


def not_changed(request: PasRequest, *, at: datetime) -> PasAnswer:
    """Return the rejection of a change to single services (PAS 2.2.1: a payer may reject updates)."""
    text = "Changes to single services are not taken here. Cancel the whole request and send a new one."
    if not request.is_update:
        text = "A service is cancelled here, but no prior Claim is named. Leave it out, or cancel the whole request."
    return _answer([Rejection("33", "N", _change_path(request), 1)], [Note(1, text)], at)


def not_cancelled(text: str, follow_up: str, request: PasRequest, *, at: datetime) -> PasAnswer:
    """Return the rejection of a cancellation, with its reason."""
    return _answer([Rejection("33", follow_up, _change_path(request), 1)], [Note(1, text)], at)


def _change_path(request: PasRequest) -> str:
    if request.is_update:
        return f"{_CLAIM}.related"
    if request.certification_type:
        return f"{_CLAIM}.extension('{urls.CERTIFICATION_TYPE}')"
    place = next((place for place, item in enumerate(request.items) if item.cancelled), 0)
    return f"{_CLAIM}.item[{place}]"


def _answer(rejections: list[Rejection], notes: list[Note], at: datetime) -> PasAnswer:
    return PasAnswer(key=str(uuid4()), created=at, outcome="error", rejections=tuple(rejections), notes=tuple(notes))


def _path(problem: Problem, request: PasRequest) -> str:
    line = _LINE.fullmatch(problem.where)
    if line is None:
        return _PLACES.get(problem.where, "") or _answer_path(problem, request)
    places = {item.sequence: place for place, item in enumerate(request.items)}
    place = places.get(int(line[1]))
    if place is None:
        return f"{_CLAIM}.item"
    if line[2]:
        return f"{_CLAIM}.item[{place}].careTeamSequence"
    return f"{_CLAIM}.item[{place}]{_ELEMENTS.get(problem.code, '')}"


def _answer_path(problem: Problem, request: PasRequest) -> str:
    """Name the answer of a questionnaire that cannot be read: `where` is the package's key and the question's."""
    key = problem.where.rpartition(".")[2]
    for response in request.answers:
        if key in response.values:
            return f"{response.expression}.repeat(item).where(linkId='{key}').answer"
    return ""
