"""What the rules say of a draft: is authorization needed, what is missing, by when would an answer be due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from forthwith.apps.authorizations.asking import Problem
from forthwith.apps.authorizations.previewing import Preview
from forthwith.domain.words import Requirement, Urgency
from forthwith.interfaces.provider_portal.presenters.authorization import count
from forthwith.interfaces.provider_portal.presenters.questions import cite
from forthwith.interfaces.web.presenting import criteria, dates
from forthwith.interfaces.web.presenting.clock import Day, days_until, read_moment
from forthwith.interfaces.web.presenting.line import shown_code
from forthwith.interfaces.web.presenting.status import status_of_need

FEW_DAYS = 3


@dataclass(frozen=True, slots=True)
class Need:
    """One service with the plan's answer."""

    icon: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ClockAhead:
    """The clock as it would run if the request were sent now."""

    allowance: str
    days: Sequence[Day]
    due: str
    due_long: str
    note: str
    citation: str
    soon: bool


@dataclass(frozen=True, slots=True)
class Check:
    """The panels beside the wizard."""

    tone: str
    headline: str
    needs: tuple[Need, ...]
    note: str
    clock: ClockAhead | None
    missing: tuple[str, ...]
    documents: tuple[str, ...]
    criteria: criteria.Checklist | None


def check(preview: Preview, *, at: datetime) -> Check:
    """The panels for this preview."""
    kinds = [line.requirement.kind for line in preview.lines]
    return Check(
        tone=_tone(kinds),
        headline=_headline(kinds),
        needs=tuple(_need(line) for line in preview.lines),
        note=_note(preview, at),
        clock=_clock(preview, at),
        missing=tuple(dict.fromkeys(problem.text for problem in preview.problems)),
        documents=tuple(dict.fromkeys(text for line in preview.lines if line.package for text in line.package.documents)),
        criteria=criteria.checklist(
            criteria.part(
                line.criteria, service=line.service, name=line.name, cite=cite(line.package) if line.package else ""
            )
            for line in preview.lines
            if line.criteria
        ),
    )  # fmt: skip


def _headline(kinds: Sequence[Requirement]) -> str:
    if not kinds:
        return "Add a service to see"
    required, whole = kinds.count(Requirement.REQUIRED), len(kinds)
    if required == whole:
        return "Yes" if whole == 1 else f"Yes, for all {count(whole).lower()} services"
    if required:
        return f"Yes, for {required} of {whole} services"
    if Requirement.NOT_COVERED in kinds:
        return "The plan may not cover this"
    if Requirement.OTHER_OWNER in kinds:
        return "Another organization decides"
    return "No"


def _tone(kinds: Sequence[Requirement]) -> str:
    if not kinds:
        return "calm"
    if Requirement.REQUIRED in kinds:
        return "review"
    return "approve" if set(kinds) == {Requirement.NOT_REQUIRED} else "pend"


def _need(line: Any) -> Need:
    answer = line.requirement
    owner = f" Ask {answer.owner}." if answer.owner else ""
    reason = str(answer.reason).rstrip(".")
    return Need(status_of_need(answer.kind).icon, shown_code(line.service), f"{reason}.{owner}")


def _note(preview: Preview, at: datetime) -> str:
    time = f"{dates.clock_time(at, preview.zone)} {dates.zone_letters(preview.zone, at)}"
    rules = dict.fromkeys(line.requirement.rule for line in preview.lines if line.requirement.rule)
    named = f"Rule {', '.join(rules)}. " if rules else ""
    return f"{named}Checked {time}. You may always ask, whatever the answer."


def _clock(preview: Preview, at: datetime) -> ClockAhead | None:
    running = [
        line.clock
        for line in preview.lines
        if line.requirement.kind is not Requirement.NOT_REQUIRED and line.clock.get("due_at")
    ]
    first = min(running, key=lambda document: str(document["due_at"]), default=None)
    due_at = read_moment(first["due_at"]) if first else None
    if first is None or due_at is None:
        return None
    days = days_until(due_at, from_at=at, zone=preview.zone)
    in_hours = "hour" in str(first["allowance"])
    return ClockAhead(
        allowance=str(first["allowance"]),
        days=days,
        due=dates.moment(due_at, preview.zone),
        due_long=dates.long_moment(due_at, preview.zone, now=at),
        note="This clock runs to the minute." if in_hours else "",
        citation=str(first["citation"]),
        soon=len(days) <= FEW_DAYS,
    )


def urgency_hints(preview: Preview) -> dict[str, str]:
    """What each urgency means under this plan: `Decided within 7 calendar days`."""
    hints = {key: f"Decided within {allowance}" for key, allowance in preview.allowances.items()}
    hints.setdefault(Urgency.EXPEDITED.value, "When waiting could seriously harm the patient")
    return hints


def problem_links(problems: Sequence[Problem], draft: Any) -> list[dict[str, str]]:
    """Problems for the review page, each with the step that mends it."""
    return [{"text": problem.text, "href": _where(problem, draft)} for problem in problems]


def _where(problem: Problem, draft: Any) -> str:
    step = "questions" if problem.code == "answer_invalid" else "services"
    if problem.where in ("member", "requester"):
        return reverse("provider_portal:new")
    return reverse(f"provider_portal:{step}", args=[draft.id])
