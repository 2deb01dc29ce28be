"""Looking before asking: what the plan's rules would say of a request that is not complete yet.

The same reading and weighing as `submit`, without writing: is authorization needed, what is still missing, which
questions are open, by when an answer would be due. An answer is information and never blocks asking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from forthwith.apps.directory import queries as directory
from forthwith.apps.directory.queries import CoverageFound, MemberFound
from forthwith.apps.identity.actors import Actor
from forthwith.apps.tenancy import queries as tenancy
from forthwith.domain.clocks import ClockRefused
from forthwith.domain.criteria import Package, Question
from forthwith.domain.words import Urgency

from .asking import Asked, AskRefused, Problem
from .models import Line
from .reading import Read, read
from .reference import Reference, reference
from .weighing import PastCare, Weighed, facts_of, history_of, weigh


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedLine:
    """What the rules say of one line now."""

    sequence: int
    service: str
    name: str
    requirement: Any
    criteria: dict[str, Any]
    clock: dict[str, Any]
    package: Package | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The whole request, weighed as far as it goes. `zone` is the plan's; `allowances` by urgency;
    `providers` are names by NPI.
    """

    lines: tuple[PreviewedLine, ...]
    problems: tuple[Problem, ...]
    zone: str
    allowances: dict[str, str]
    plan_name: str = ""
    providers: dict[str, str] = field(default_factory=dict)


def preview(asked: Asked, *, by: Actor, at: datetime) -> Preview:
    """Weigh what is there. Never raises for what is missing or wrong: that comes back as problems."""
    known = reference(by.tenant_id, tenancy.tenant(by.tenant_id).revision)
    problems = _problems(asked, known, by, at)
    found = _found(asked, known, at)
    if found is None:
        return Preview(lines=(), problems=problems, zone=known.zone, allowances={})
    part = replace(asked, lines=tuple(line for line in asked.lines if line.sequence in found.services))
    past = past_care(found.member.id)
    weighed, wrong, refused = _weigh(part, found, known, past, at)
    allowances = _allowances(part, found, known, at)
    lines = tuple(_previewed(one, part, found, known) for one in weighed)
    together = tuple(dict.fromkeys((*problems, *wrong, *refused)))
    return Preview(
        lines=lines, problems=together, zone=found.plan.zone, allowances=allowances, plan_name=found.plan.name,
        providers={npi: one.name for npi, one in found.providers.items()},
    )  # fmt: skip


def _problems(asked: Asked, known: Reference, by: Actor, at: datetime) -> tuple[Problem, ...]:
    try:
        read(asked, known, by.organizations, at)
    except AskRefused as refusal:
        return refusal.problems
    return ()


def _found(asked: Asked, known: Reference, at: datetime) -> Read | None:
    """The request's names as far as they are known; None without a member, a plan or a requester."""
    today = at.astimezone(ZoneInfo(known.zone)).date()
    npis = {asked.requester_npi, asked.practitioner_npi, *(line.facility_npi for line in asked.lines)}
    member, providers = directory.for_request(known.tenant_id, number=asked.member.number, npis=npis - {""}, on=today)
    requester = providers.get(asked.requester_npi)
    coverage = _coverage(asked, known, member) if member else None
    if member is None or coverage is None or requester is None:
        return None
    services = {line.sequence: line.service for line in asked.lines if line.service in known.services}
    return Read(
        member=member, coverage=coverage, plan=known.plans[coverage.plan_id], requester=requester,
        practitioner=providers.get(asked.practitioner_npi), providers=providers, services=services, today=today,
    )  # fmt: skip


def _coverage(asked: Asked, known: Reference, member: MemberFound) -> CoverageFound | None:
    spans = [span for span in member.coverages if span.plan_id in known.plans]
    wanted = [span for span in spans if known.plans[span.plan_id].payer_id == asked.member.payer_id]
    return next(iter(wanted or spans), None)


def _weigh(
    asked: Asked, found: Read, known: Reference, past: Sequence[PastCare], at: datetime
) -> tuple[list[Weighed], tuple[Problem, ...], tuple[Problem, ...]]:
    try:
        weighed, wrong = weigh(asked, found, known, past, at)
    except ClockRefused as refusal:
        problem = Problem(code="expedited_after_care", where="urgency", text=str(refusal))
        weighed, wrong = weigh(replace(asked, urgency=Urgency.STANDARD), found, known, past, at)
        return weighed, tuple(wrong), (problem,)
    return weighed, tuple(wrong), ()


def _allowances(asked: Asked, found: Read, known: Reference, at: datetime) -> dict[str, str]:
    """The governing allowance of each urgency, such as `7 calendar days`, for the first line."""
    said = {}
    for urgency in Urgency:
        first = replace(asked, urgency=urgency, lines=asked.lines[:1])
        weighed, _, refused = _weigh(first, found, known, (), at)
        if weighed and not refused and weighed[0].clock.governing:
            said[urgency.value] = weighed[0].clock.governing.allowance
    return said


def past_care(member_id: UUID) -> Sequence[PastCare]:
    """Care that was approved for the member before: what facts from history count."""
    rows = Line.objects.filter(
        member_id=member_id, outcome__in=["certified", "modified"], approved_from__isnull=False
    ).values_list("service", "region", "units_approved", "approved_from")
    return [PastCare(service=s, region=r, units=u or 0, from_on=f) for s, r, u, f in rows]


def _previewed(one: Weighed, asked: Asked, found: Read, known: Reference) -> PreviewedLine:
    questions: tuple[Question, ...] = ()
    if one.package:
        context = facts_of(asked, one.asked, found)
        context |= history_of(
            one.package, one.past, one.answers, service=one.service, on=one.asked.from_on or found.today
        )
        questions = one.package.visible_questions(one.answers, context)
    return PreviewedLine(
        sequence=one.asked.sequence, service=one.service, name=known.services[one.service].name,
        requirement=one.requirement, criteria=one.evaluation.document() if one.evaluation else {},
        clock=one.clock.document(), package=one.package, questions=questions,
    )  # fmt: skip
