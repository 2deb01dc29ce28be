"""Deciding lines: who may decide is checked by the domain, and by the database again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from forthwith.apps.directory.queries import accepts_electronic
from forthwith.apps.identity.actors import Actor
from forthwith.apps.identity.models import Credential
from forthwith.apps.identity.queries import reviewer_of
from forthwith.apps.keys import new_key
from forthwith.apps.letters import actions as letters
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.lifecycle import Act
from forthwith.domain.numbers import make_number
from forthwith.domain.outcomes import is_adverse, roll_up
from forthwith.domain.reviewers import Matter, Reviewer, check_may_decide
from forthwith.domain.words import Basis, Outcome

from .. import notices, queries
from ..acting import as_mapping, carry_out, known_of, lines_of, locked, permitted
from ..drawing import drawing
from ..models import Authorization, Determination, Line, NoticeGiven
from ..reference import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDecision:
    """A reviewer's decision about one line. For approvals, units and dates default to what was asked."""

    sequence: int
    outcome: Outcome
    basis: Basis = Basis.CLINICAL
    units: Decimal | None = None
    from_on: date | None = None
    to_on: date | None = None
    reason: str = ""
    citations: tuple[str, ...] = ()


DECIDED_COLUMNS = (
    "outcome", "determination_id", "units_approved", "approved_from", "approved_to", "authorization_number",
)  # fmt: skip


class DecisionInvalid(Exception):
    """The decision can't be taken as it is."""

    def __init__(self, sequence: int, field: str, text: str) -> None:
        self.sequence, self.field = sequence, field
        super().__init__(text)


def determine(
    *, number: str, decisions: Sequence[LineDecision], by: Actor, at: datetime, version: int | None = None
) -> Authorization:
    """Decide these lines. When the last is decided the request is, and the notices go out.

    Raises NotFound, PermissionMissing, Stale, MoveRefused, NotEligible, DecisionInvalid; then nothing is stored.
    """
    return drawing(lambda: _determine(number, decisions, by, at, version))


def _determine(
    number: str, decisions: Sequence[LineDecision], by: Actor, at: datetime, version: int | None
) -> Authorization:
    with scoped(by.tenants):
        row = locked(number, by=by, version=version)
        permitted(row, Act.DECIDE_LINE, by=by)
        lines = lines_of(row)
        made = _decide_all(row, lines, decisions, by, at)
        done = all(line.outcome != Outcome.PENDED for line in lines)
        act = Act.DECIDE if done else Act.DECIDE_LINE
        if done:
            row.decided_at = at
        carry_out(row, permitted(row, act, by=by), lines, by=by, at=at, facts={"lines": _told(made, lines)})
        _notify(row, lines, made, done=done, by=by, at=at)
        return row


def _decide_all(
    row: Authorization, lines: list[Line], decisions: Sequence[LineDecision], by: Actor, at: datetime
) -> list[Determination]:
    known = known_of(row)
    today = at.astimezone(ZoneInfo(known.plans[row.plan_id].zone)).date()
    reviewer, credential = reviewer_of(by, on=today)
    by_sequence = {line.sequence: line for line in lines}
    approval = _approval_number(lines)
    made = []
    for decision in decisions:
        line = by_sequence.get(decision.sequence)
        if line is None or line.outcome != Outcome.PENDED:
            raise DecisionInvalid(decision.sequence, "outcome", "This line is not open for a decision.")
        _check(row, line, decision, reviewer, known, on=today)
        made.append(_store(row, line, decision, reviewer, credential, known, approval, by, at, today))
    if not made:
        raise DecisionInvalid(0, "outcome", "Decide at least one line.")
    return made


def _check(
    row: Authorization, line: Line, decision: LineDecision, reviewer: Reviewer, known: Reference, *, on: date
) -> None:
    adverse = is_adverse(decision.outcome)
    if adverse and not any(map(str.isalnum, decision.reason)):  # what nobody can see says nothing
        raise DecisionInvalid(
            line.sequence, "reason", "Say why, in plain words. It goes into the letter as you write it."
        )
    if decision.outcome is Outcome.MODIFIED and not 0 < (decision.units or 0) <= line.units_requested:
        raise DecisionInvalid(line.sequence, "units", f"Approve more than 0 and at most {line.units_requested.normalize():f}.")  # fmt: skip
    if decision.outcome is Outcome.CERTIFIED and decision.units not in (None, line.units_requested):
        raise DecisionInvalid(line.sequence, "units", "Approving less than was asked is a partial approval.")
    if not is_within(decision, line):
        raise DecisionInvalid(line.sequence, "to_on", "The last day is before the first day.")
    parties = {row.organization_id} | {UUID(p["id"]) for p in (line.rendering, line.facility) if p}
    check_may_decide(
        reviewer,
        Matter(
            outcome=decision.outcome, basis=decision.basis, organizations=frozenset(parties),
            clinical_reason_given=adverse and queries.has_clinical_reason(row, line),
            specialties=known.services[line.service].specialties if adverse else frozenset(),
        ),
        on=on,
    )  # fmt: skip


def is_within(decision: LineDecision, line: Line) -> bool:
    """Does what is approved end after it begins, whichever of its days were given?"""
    begins, ends = decision.from_on or line.from_on, decision.to_on or line.to_on
    return decision.outcome is Outcome.NOT_CERTIFIED or ends is None or begins <= ends


def _store(
    row: Authorization, line: Line, decision: LineDecision, reviewer: Reviewer, credential: Credential | None,
    known: Reference, approval: str, by: Actor, at: datetime, today: date,
) -> Determination:  # fmt: skip
    made = Determination(
        id=new_key(), tenant_id=row.tenant_id, authorization=row, line_id=line.id, outcome=decision.outcome,
        basis=decision.basis, reason=decision.reason.strip(), citations=_citations(line, decision),
        package=line.criteria.get("package", ""), package_version=line.criteria.get("version", ""),
        reviewer_kind=reviewer.kind, reviewer_id=reviewer.person_id, reviewer_name=by.name,
        reviewer_title=_title(by, credential), credential_id=credential.id if credential else None,
        licence_expires_on=credential.licence_expires_on if credential else None,
        statement_expires_on=credential.statement_expires_on if credential else None,
        decided_at=at, decided_on=today,
    )  # fmt: skip
    line.outcome, line.determination_id = decision.outcome, made.id
    if decision.outcome in (Outcome.CERTIFIED, Outcome.MODIFIED):
        line.units_approved = decision.units or line.units_requested
        line.approved_from = decision.from_on or line.from_on
        line.approved_to = decision.to_on or line.to_on or _usual_end(line, known, today)
        line.authorization_number = f"{approval}-{line.sequence:02d}"
    made.units_approved = line.units_approved
    made.save(force_insert=True)
    line.save(update_fields=DECIDED_COLUMNS)
    return made


def _usual_end(line: Line, known: Reference, today: date) -> date:
    package = known.package_for(line.service, today)
    return (line.approved_from or line.from_on) + timedelta(days=package.on_met.days if package else 90)


def _title(by: Actor, credential: Credential | None) -> str:
    return f"{credential.title}, {credential.specialty}" if credential and credential.specialty else by.title


def _citations(line: Line, decision: LineDecision) -> list[dict[str, Any]]:
    sources = line.criteria.get("source", [])
    chosen = [s for s in sources if s["id"] in decision.citations] if decision.citations else sources
    found = [{"kind": s["type"], "id": s["id"], "title": s["title"], "url": s["url"]} for s in chosen]
    if decision.basis is Basis.ADMINISTRATIVE or not found:
        return [{"kind": "plan", "id": "Evidence of Coverage", "title": "The plan's evidence of coverage", "url": ""}]
    return found


def _approval_number(lines: Sequence[Line]) -> str:
    given = [line.authorization_number for line in lines if line.authorization_number]
    return given[0].rsplit("-", 1)[0] if given else make_number("A", secrets.randbelow)


def _told(made: Sequence[Determination], lines: Sequence[Line]) -> list[dict[str, Any]]:
    sequence = {line.id: line.sequence for line in lines}
    return [{"sequence": sequence[one.line_id], "outcome": one.outcome} for one in made]


def _notify(
    row: Authorization, lines: Sequence[Line], made: Sequence[Determination], *, done: bool, by: Actor, at: datetime
) -> None:
    told = lines if done else [line for line in lines if line.determination_id in {one.id for one in made}]
    if roll_up([Outcome(line.outcome) for line in told]) is None:
        return
    current = Determination.objects.filter(id__in=[line.determination_id for line in told if line.determination_id])
    issued = notices.determination(
        as_mapping(row), [as_mapping(line) for line in told], [as_mapping(one) for one in current],
        notices.parties_of(row), known_of(row), at,
    )  # fmt: skip
    letters.issue_many(issued, at=at)
    if done and _is_told_by_posting(row, on=made[0].decided_on):
        NoticeGiven.objects.create(
            tenant_id=row.tenant_id, authorization=row, recipient="requester",
            means="fhir" if row.channel == "fhir" else "portal", by_name=by.name, at=at,
        )  # fmt: skip


def _is_told_by_posting(row: Authorization, *, on: date) -> bool:
    """Only for who accepted electronic delivery is posting a notice; the others are told by other means (42 CFR 422.568)."""
    return accepts_electronic(row.tenant_id, row.organization.npi, on=on)
