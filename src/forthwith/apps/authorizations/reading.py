"""Reading a request: everything that must be right before it is taken, told at once and in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from forthwith.apps.directory import queries as directory
from forthwith.apps.directory.queries import CoverageFound, MemberFound, ProviderFound
from forthwith.apps.tenancy.queries import PlanFound
from forthwith.domain.numbers import is_diagnosis, is_npi
from forthwith.domain.words import Channel, Timing, Urgency

from .asking import Asked, AskRefused, LineAsked, Problem
from .reference import Reference

MOST_LINES = 50
MOST_SEQUENCE = 9999  # four digits end an authorization number


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A request whose names have been found."""

    member: MemberFound
    coverage: CoverageFound
    plan: PlanFound
    requester: ProviderFound
    practitioner: ProviderFound | None
    providers: dict[str, ProviderFound]
    services: dict[int, str]
    today: date


def npis_of(asked: Asked) -> set[str]:
    """Every NPI that the request names."""
    return {npi for _, npi in _npis(asked)}


def day_of(known: Reference, at: datetime) -> date:
    """The day on which the request is read, in the tenant's zone."""
    return at.astimezone(ZoneInfo(known.zone)).date()


def read(asked: Asked, known: Reference, organizations: tuple[UUID, ...], at: datetime) -> Read:
    """Find member, coverage, providers and services; raise AskRefused with every problem found."""
    member, providers = directory.for_request(
        known.tenant_id, number=asked.member.number, npis=npis_of(asked), on=day_of(known, at)
    )
    return read_with(asked, known, organizations, member, providers, at)


def read_with(
    asked: Asked, known: Reference, organizations: tuple[UUID, ...], member: MemberFound | None,
    providers: dict[str, ProviderFound], at: datetime,
) -> Read:  # fmt: skip
    """The same with member and providers already found."""
    problems = _shape(asked)
    npis = _npis(asked)
    on = day_of(known, at)
    problems += [_not_known(where, npi) for where, npi in npis if npi not in providers]
    requester = providers.get(asked.requester_npi)
    if requester and requester.id not in organizations:
        problems.append(
            Problem(code="requester_not_yours", where="requester", text="You can't ask for this organization.")
        )
    services, unknown = _services(asked, known)
    problems += unknown
    coverage, not_covered = _coverage(asked, known, member, on)
    problems += not_covered
    if problems or member is None or coverage is None or requester is None:
        raise AskRefused(tuple(problems))
    plan = known.plans[coverage.plan_id]
    return Read(
        member=member, coverage=coverage, plan=plan, requester=requester,
        practitioner=providers.get(asked.practitioner_npi), providers=providers, services=services,
        today=at.astimezone(ZoneInfo(plan.zone)).date(),
    )  # fmt: skip


def _not_known(where: str, npi: str) -> Problem:
    if not is_npi(npi):
        text = f"{npi} is not a valid NPI." if npi else "No NPI was given."
        return Problem(code="npi_invalid", where=where, text=text)
    return Problem(code="provider_unknown", where=where, text=f"No provider with NPI {npi} is known to the plan.")


def _npis(asked: Asked) -> list[tuple[str, str]]:
    named = [("requester", asked.requester_npi), ("practitioner", asked.practitioner_npi)]
    for line in asked.lines:
        named += [(f"line {line.sequence} rendering", line.rendering_npi), (f"line {line.sequence} facility", line.facility_npi)]  # fmt: skip
    return [(where, npi) for where, npi in named if npi or where == "requester"]


def _shape(asked: Asked) -> list[Problem]:
    problems = []
    if not asked.lines:
        problems.append(Problem(code="lines_missing", where="lines", text="Ask for at least one service."))
    if len(asked.lines) > MOST_LINES:
        problems.append(Problem(code="lines_too_many", where="lines", text=f"Ask for at most {MOST_LINES} services in one request."))  # fmt: skip
    if not asked.diagnoses and asked.channel is not Channel.FHIR:  # PAS asks for none (Claim.diagnosis 0..*)
        problems.append(Problem(code="diagnosis_missing", where="diagnoses", text="Give at least one diagnosis."))
    if not all(is_diagnosis(code) for code in asked.diagnoses):
        problems.append(Problem(code="diagnosis_invalid", where="diagnoses", text="A diagnosis is not an ICD-10-CM code."))  # fmt: skip
    if len({line.sequence for line in asked.lines}) != len(asked.lines):
        problems.append(
            Problem(code="sequence_repeated", where="lines", text="Each service needs its own line number.")
        )
    if asked.urgency is Urgency.EXPEDITED and asked.timing is Timing.POST_SERVICE:
        problems.append(
            Problem(code="expedited_after_care", where="urgency", text="Care already given can't be expedited.")
        )
    for line in asked.lines:
        problems += _line_shape(line)
    return problems


def _line_shape(line: LineAsked) -> list[Problem]:
    where = f"line {line.sequence}"
    problems = []
    if not 1 <= line.sequence <= MOST_SEQUENCE:
        problems.append(
            Problem(code="sequence_invalid", where=where, text=f"Number the lines from 1 to {MOST_SEQUENCE}.")
        )
    if not 0 < line.units <= 99_999:
        problems.append(
            Problem(code="units_invalid", where=where, text="Units must be more than 0 and at most 99,999.")
        )
    elif line.units != round(line.units, 3):
        problems.append(Problem(code="units_invalid", where=where, text="Give units with at most 3 decimals."))
    if line.from_on is None:
        problems.append(Problem(code="date_missing", where=where, text="Say when the care begins."))
    elif not all(1900 <= day.year <= 2200 for day in (line.from_on, line.to_on or line.from_on)):
        problems.append(Problem(code="date_far", where=where, text="The days of care are too far away."))
    elif line.to_on is not None and line.to_on < line.from_on:
        problems.append(Problem(code="dates_reversed", where=where, text="The last day is before the first day."))
    return problems


def _services(asked: Asked, known: Reference) -> tuple[dict[int, str], list[Problem]]:
    found: dict[int, str] = {}
    problems = []
    for line in asked.lines:
        service = known.service_of(line)
        if service:
            found[line.sequence] = service
        else:
            named = line.service or line.code or "no code"
            problems.append(Problem(code="service_unknown", where=f"line {line.sequence}", text=f"The plan does not know the service {named}."))  # fmt: skip
    return found, problems


def _coverage(
    asked: Asked, known: Reference, member: MemberFound | None, on: date
) -> tuple[CoverageFound | None, list[Problem]]:
    if member is None or not _is_same(asked, member):
        return None, [Problem(code="member_unknown", where="member", text="No member of this plan matches the number, birth date and last name given.")]  # fmt: skip
    days = [line.from_on for line in asked.lines if line.from_on] or [on]
    spans = [span for span in member.coverages if _plan_fits(asked, known, span)]
    active = [span for span in spans if all(span.covers(day) for day in days)]
    if active:
        return active[0], []
    text = "The member has no active coverage by this plan on the days asked for."
    if any(span.starts_on > max(days) for span in spans):
        text = "The member's coverage begins later than the care asked for."
    elif spans and all(span.ends_on and span.ends_on < min(days) for span in spans):
        text = "The member's coverage has ended before the care asked for."
    return None, [Problem(code="coverage_inactive", where="member", text=text)]


def _is_same(asked: Asked, member: MemberFound) -> bool:
    if asked.member.birth_on and asked.member.birth_on != member.birth_on:
        return False
    return not asked.member.last_name or directory.plain_name(asked.member.last_name) == member.last_name_plain


def _plan_fits(asked: Asked, known: Reference, span: CoverageFound) -> bool:
    plan = known.plans.get(span.plan_id)
    return plan is not None and asked.member.payer_id in ("", plan.payer_id)
