"""Who may decide what: the safeguards that make an unlawful denial impossible.

Sources: 42 CFR 422.566(d), 438.210(b)(3) (a physician with expertise decides
adversely on clinical grounds), NCQA UM 4 (affirmative statement), domain rules
on conflicts and earlier deciders. Nothing automatic ever denies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from .outcomes import is_adverse
from .permissions import Permission
from .words import Basis, Outcome


class ReviewerKind(StrEnum):
    """What a reviewer is by licence."""

    RULE = "rule"
    STAFF = "staff"
    NURSE = "nurse"
    PHARMACIST = "pharmacist"
    PHYSICIAN = "physician"


LICENSED = frozenset({ReviewerKind.NURSE, ReviewerKind.PHARMACIST, ReviewerKind.PHYSICIAN})
DECISIONS = frozenset({Outcome.CERTIFIED, Outcome.MODIFIED, Outcome.NOT_CERTIFIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """A reviewer's standing on the day of the decision (dates in the plan's zone, inclusive)."""

    person_id: UUID
    kind: ReviewerKind
    specialty: str = ""
    licence_states: frozenset[str] = field(default_factory=frozenset)
    licence_expires_on: date | None = None
    statement_expires_on: date | None = None
    organizations: frozenset[UUID] = field(default_factory=frozenset)
    permissions: frozenset[Permission] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is to be decided, as far as eligibility cares."""

    outcome: Outcome
    basis: Basis
    clinical_reason_given: bool
    organizations: frozenset[UUID] = field(default_factory=frozenset)
    earlier_deciders: frozenset[UUID] = field(default_factory=frozenset)
    specialties: frozenset[str] = field(default_factory=frozenset)


class NotEligible(Exception):
    """This reviewer may not make this decision."""


def check_may_decide(reviewer: Reviewer, matter: Matter, *, on: date) -> None:
    """Raise NotEligible, in words for the reviewer, unless this decision is lawful on this day."""
    if matter.outcome not in DECISIONS:
        raise NotEligible("A line is approved, approved in part or denied; nothing else is a decision.")
    if not is_adverse(matter.outcome):
        return _check_approval(reviewer, matter, on=on)
    if matter.basis is Basis.RULE or reviewer.kind is ReviewerKind.RULE:
        raise NotEligible("A rule may approve, never deny. A person has to decide this line.")
    if matter.basis is Basis.ADMINISTRATIVE:
        return _check_administrative(reviewer, matter, on=on)
    _check_adverse_clinical(reviewer, matter, on=on)


def _check_approval(reviewer: Reviewer, matter: Matter, *, on: date) -> None:
    if reviewer.kind is ReviewerKind.RULE:
        return
    if Permission.APPROVAL_MAKE not in reviewer.permissions:
        raise NotEligible("Your role can't approve requests.")
    _check_conflict(reviewer, matter)
    if reviewer.kind in LICENSED:
        _check_standing(reviewer, on=on)


def _check_administrative(reviewer: Reviewer, matter: Matter, *, on: date) -> None:
    if Permission.ADMINISTRATIVE_DENIAL_MAKE not in reviewer.permissions:
        raise NotEligible("Your role can't deny on administrative grounds.")
    if matter.outcome is Outcome.MODIFIED:
        raise NotEligible("Approving less than was asked is a clinical decision: a physician has to make it.")
    if matter.clinical_reason_given:
        raise NotEligible(
            "A clinical reason was given with this request, so it can't be denied on administrative grounds. "
            "A physician has to decide it."
        )
    _check_conflict(reviewer, matter)
    if reviewer.kind in LICENSED:
        _check_standing(reviewer, on=on)


def _check_adverse_clinical(reviewer: Reviewer, matter: Matter, *, on: date) -> None:
    if reviewer.kind is not ReviewerKind.PHYSICIAN or Permission.DETERMINATION_MAKE not in reviewer.permissions:
        raise NotEligible("Only a physician can deny or reduce on clinical grounds. Recommend it to one instead.")
    _check_standing(reviewer, on=on)
    _check_conflict(reviewer, matter)
    if matter.specialties and reviewer.specialty not in matter.specialties:
        wanted = ", ".join(sorted(matter.specialties))
        raise NotEligible(f"This service needs a physician with expertise in {wanted}.")
    if reviewer.person_id in matter.earlier_deciders:
        raise NotEligible("You decided this before. Another physician has to decide it now.")


def _check_standing(reviewer: Reviewer, *, on: date) -> None:
    if reviewer.licence_expires_on is None or reviewer.licence_expires_on < on:
        raise NotEligible("Your license on file has expired. Renew it before you decide.")
    if reviewer.statement_expires_on is None or reviewer.statement_expires_on < on:
        raise NotEligible("Your affirmative statement is overdue. Sign it before you decide.")


def _check_conflict(reviewer: Reviewer, matter: Matter) -> None:
    if reviewer.organizations & matter.organizations:
        raise NotEligible("You belong to a practice in this request. Somebody without that tie has to decide.")
