"""Weighing a line by the plan's rules: is authorization needed, are the criteria met, by when is an answer owed.

Nothing here denies. A rule approves, finds that nothing is required, or leaves the line to a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from forthwith.apps.criteria.allowances import book
from forthwith.apps.directory.queries import MemberFound, ProviderFound
from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.queries import PlanFound
from forthwith.domain import clocks, requirements
from forthwith.domain.criteria import Evaluation, Package, Truth
from forthwith.domain.criteria.expressions import months_before
from forthwith.domain.words import ItemClass, LineOfBusiness, Outcome, Requirement, Timing, Urgency

from .asking import Asked, LineAsked, Problem
from .reading import Read
from .reference import Reference

PENDED_OWNERS = {Requirement.OTHER_OWNER: Outcome.CONTACT_PAYER, Requirement.NOT_REQUIRED: Outcome.NOT_REQUIRED}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCare:
    """Care that was approved before: what history facts count."""

    service: str
    region: str
    units: Decimal
    from_on: date


@dataclass(slots=True, kw_only=True)
class Weighed:
    """A line with what the rules say of it."""

    id: UUID = field(default_factory=new_key)
    asked: LineAsked
    service: str
    requirement: requirements.Answer
    package: Package | None
    evaluation: Evaluation | None
    answers: dict[str, object]
    region: str
    clock: clocks.Clock
    past: tuple[PastCare, ...]
    outcome: Outcome
    approved_to: date | None = None

    @property
    def is_certified(self) -> bool:
        """Did a rule approve it?"""
        return self.outcome is Outcome.CERTIFIED


def case_of(plan: PlanFound, *, item: str, urgency: str, timing: str) -> clocks.Case:
    """The kind of request, as the clocks read it."""
    return clocks.Case(
        lob=LineOfBusiness(plan.line_of_business), item=ItemClass(item), urgency=Urgency(urgency),
        timing=Timing(timing), zone=plan.zone, state=plan.state or None, accredited=plan.accredited,
        service_levels=plan.service_levels,
    )  # fmt: skip


def weigh(
    asked: Asked, read: Read, known: Reference, past: Sequence[PastCare], at: datetime
) -> tuple[list[Weighed], list[Problem]]:
    """Every line weighed, in order; answers that can't be read are problems.

    What a rule approves on one line is past care to the next: nobody gets five sessions by asking for them at once.
    """
    problems: list[Problem] = []
    weighed = []
    past = list(past)
    for line in asked.lines:
        one, wrong = _line(asked, line, read, known, past, at)
        weighed.append(one)
        if one.is_certified and line.from_on is not None:
            past.append(PastCare(service=one.service, region=one.region, units=line.units, from_on=line.from_on))
        problems += wrong
    return weighed, list(dict.fromkeys(problems))


def _line(
    asked: Asked, line: LineAsked, read: Read, known: Reference, past: Sequence[PastCare], at: datetime
) -> tuple[Weighed, list[Problem]]:
    service = known.services[read.services[line.sequence]]
    provider = performing(line, read)
    answer = requirements.look_up(
        known.rules,
        requirements.Question(
            plan=read.plan.key, product=read.plan.product, program=service.program, service=service.key,
            place=line.place, in_network=provider.in_network, on=line.from_on or read.today,
        ),
    )  # fmt: skip
    package = known.package_for(service.key, read.today)
    evaluation, answers, region, problems = _evaluate(package, asked, line, read, past)
    clock = clocks.reckon(
        case_of(read.plan, item=service.item_class, urgency=asked.urgency, timing=asked.timing),
        clocks.Moments(received_at=at), book(),
    )  # fmt: skip
    outcome, approved_to = _outcome(answer, package, evaluation, line)
    if outcome is Outcome.CERTIFIED and not asked.diagnoses:
        outcome, approved_to = Outcome.PENDED, None  # a request may come without a diagnosis; no rule approves it then
    weighed = Weighed(
        asked=line, service=service.key, requirement=answer, package=package, evaluation=evaluation,
        answers=answers, region=region, clock=clock, past=tuple(past), outcome=outcome, approved_to=approved_to,
    )  # fmt: skip
    return weighed, problems


def performing(line: LineAsked, read: Read) -> ProviderFound:
    """Who performs the line: the rendering clinician, else the ordering one, else the organization."""
    return read.providers.get(line.rendering_npi) or read.practitioner or read.requester


def _outcome(
    answer: requirements.Answer, package: Package | None, evaluation: Evaluation | None, line: LineAsked
) -> tuple[Outcome, date | None]:
    if answer.kind in PENDED_OWNERS:
        return PENDED_OWNERS[answer.kind], None
    if answer.kind is not Requirement.REQUIRED or package is None or evaluation is None or line.from_on is None:
        return Outcome.PENDED, None
    if evaluation.truth is Truth.MET and line.units <= package.on_met.units:
        return Outcome.CERTIFIED, line.from_on + timedelta(days=package.on_met.days)
    return Outcome.PENDED, None


def _evaluate(
    package: Package | None, asked: Asked, line: LineAsked, read: Read, past: Sequence[PastCare]
) -> tuple[Evaluation | None, dict[str, object], str, list[Problem]]:
    if package is None:
        return None, {}, "", []
    raw = {**asked.answers.get("", {}), **asked.answers.get(package.key, {})}
    keys = {question.key for question in package.questions}
    answers, errors = package.read_answers({k: v for k, v in raw.items() if k in keys}, today=read.today)
    problems = [Problem(code="answer_invalid", where=f"{package.key}.{key}", text=text) for key, text in errors.items()]
    region = _region(package, answers)
    context = facts_of(asked, line, read)
    context |= history_of(package, past, answers, service=read.services[line.sequence], on=line.from_on or read.today)
    evaluation = package.evaluate(package.facts_from(answers, context))
    return evaluation, answers, region, problems


def _region(package: Package, answers: Mapping[str, object]) -> str:
    names = {count.per for count in package.history.values() if count.per}
    return "|".join(str(answers[name]) for name in sorted(names) if answers.get(name) is not None)


def facts_of(asked: Asked, line: LineAsked, read: Read) -> dict[str, object]:
    """The facts that the request itself states."""
    units = int(line.units) if line.units == int(line.units) else None
    return {
        "line.service": read.services[line.sequence],
        "line.units": units,
        "line.place": line.place or None,
        "line.laterality": line.side or None,
        "line.from": line.from_on,
        "line.to": line.to_on,
        "line.in_network": performing(line, read).in_network,
        "member.age": age_on(read.member, read.today),
        "member.sex": read.member.sex,
        "request.diagnoses": tuple(asked.diagnoses),
        "request.on": read.today,
        "request.urgency": str(asked.urgency),
        "plan.line_of_business": read.plan.line_of_business,
    }


def age_on(member: MemberFound, day: date) -> int:
    """Whole years of age on a day."""
    born = member.birth_on
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def history_of(
    package: Package, past: Sequence[PastCare], answers: Mapping[str, object], *, service: str, on: date
) -> dict[str, object]:
    """Facts from history, such as sessions in this region in 12 months: counted from approved care.

    Until the office says which region, all regions count: leaving it out never hides a session. A service that is
    not counted itself (a further level) belongs to the session of its own day, which is then no past one.
    """
    facts: dict[str, object] = {}
    for name, count in package.history.items():
        since = months_before(on, count.months)
        tag = str(answers.get(count.per) or "") if count.per else ""
        same_session = None if service in count.services else on
        facts[name] = int(
            sum(
                care.units
                for care in past
                if care.service in count.services
                and care.from_on > since
                and care.from_on != same_session
                and (not tag or tag in care.region.split("|"))
            )
        )
    return facts


def requirement_document(answer: requirements.Answer) -> dict[str, Any]:
    """The answer "is authorization needed?" as it is stored with the line."""
    return {"kind": answer.kind, "rule": answer.rule, "reason": answer.reason, "owner": answer.owner}
