"""Who may decide what: every kind of reviewer against every kind of decision, and each safeguard by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from forthwith.domain.permissions import ROLES, Permission, Side
from forthwith.domain.reviewers import Matter, NotEligible, Reviewer, ReviewerKind, check_may_decide
from forthwith.domain.words import Basis, Outcome

DAY = date(2026, 11, 23)
ME, OTHER = uuid4(), uuid4()
PRACTICE = UUID(int=7)
ROLE_OF = {
    ReviewerKind.NURSE: "nurse",
    ReviewerKind.PHARMACIST: "pharmacist",
    ReviewerKind.PHYSICIAN: "physician",
    ReviewerKind.STAFF: "supervisor",
    ReviewerKind.RULE: "rules",
}
DENIED, REDUCED, APPROVED = Outcome.NOT_CERTIFIED, Outcome.MODIFIED, Outcome.CERTIFIED


def reviewer(kind: ReviewerKind = ReviewerKind.PHYSICIAN, **more: Any) -> Reviewer:
    given = Reviewer(
        person_id=ME, kind=kind, specialty="orthopedic surgery", licence_expires_on=DAY, statement_expires_on=DAY,
        permissions=ROLES[ROLE_OF[kind]].permissions,
    )  # fmt: skip
    return replace(given, **more)


def matter(outcome: Outcome = DENIED, basis: Basis = Basis.CLINICAL, **more: Any) -> Matter:
    return replace(Matter(outcome=outcome, basis=basis, clinical_reason_given=False), **more)


def may(who: Reviewer, what: Matter, on: date = DAY) -> bool:
    try:
        check_may_decide(who, what, on=on)
    except NotEligible as refusal:
        assert str(refusal)[0].isupper() and str(refusal).endswith(".")
        return False
    return True


ALLOWED = {
    *((kind, APPROVED, basis) for kind in ReviewerKind for basis in Basis),
    (ReviewerKind.PHYSICIAN, DENIED, Basis.CLINICAL),
    (ReviewerKind.PHYSICIAN, REDUCED, Basis.CLINICAL),
    (ReviewerKind.PHYSICIAN, DENIED, Basis.ADMINISTRATIVE),
    (ReviewerKind.STAFF, DENIED, Basis.ADMINISTRATIVE),
}


@pytest.mark.parametrize(("kind", "outcome", "basis"), [*product(ReviewerKind, (APPROVED, REDUCED, DENIED), Basis)])
def test_who_may_decide_what(kind: ReviewerKind, outcome: Outcome, basis: Basis) -> None:
    assert may(reviewer(kind), matter(outcome, basis)) is ((kind, outcome, basis) in ALLOWED)


@pytest.mark.parametrize(("kind", "basis"), [*product(sorted(set(ReviewerKind) - {ReviewerKind.PHYSICIAN}), Basis)])
def test_all_permissions_of_the_world_make_nobody_a_physician(kind: ReviewerKind, basis: Basis) -> None:
    who = reviewer(kind, permissions=frozenset(Permission))
    assert not may(who, matter(REDUCED, basis))
    assert not may(who, matter(DENIED, basis)) or (basis is Basis.ADMINISTRATIVE and kind is not ReviewerKind.RULE)


def test_a_physician_without_the_permission_denies_nothing() -> None:
    assert not may(reviewer(permissions=ROLES["nurse"].permissions), matter())


@pytest.mark.parametrize(("outcome", "basis"), [(DENIED, Basis.CLINICAL), (REDUCED, Basis.CLINICAL), (DENIED, Basis.ADMINISTRATIVE), (APPROVED, Basis.CLINICAL)])  # fmt: skip
@pytest.mark.parametrize(
    ("lapse", "words"), [("licence_expires_on", "license"), ("statement_expires_on", "affirmative statement")]
)
def test_a_lapsed_licence_or_statement_decides_nothing(lapse: str, words: str, outcome: Outcome, basis: Basis) -> None:
    what = matter(outcome, basis)
    assert may(reviewer(**{lapse: DAY}), what)
    for gone in (DAY - timedelta(days=1), None):
        with pytest.raises(NotEligible, match=words):
            check_may_decide(reviewer(**{lapse: gone}), what, on=DAY)


@pytest.mark.parametrize("kind", [ReviewerKind.NURSE, ReviewerKind.PHARMACIST])
def test_nor_does_it_approve_for_a_nurse_or_pharmacist(kind: ReviewerKind) -> None:
    assert not may(reviewer(kind, licence_expires_on=DAY - timedelta(days=1)), matter(APPROVED))
    assert not may(reviewer(kind, statement_expires_on=None), matter(APPROVED))


@pytest.mark.parametrize("what", [matter(), matter(APPROVED), matter(basis=Basis.ADMINISTRATIVE)])
def test_nobody_decides_for_the_own_group(what: Matter) -> None:
    mine = reviewer(organizations=frozenset({PRACTICE}))
    assert may(mine, replace(what, organizations=frozenset({uuid4()})))
    assert not may(mine, replace(what, organizations=frozenset({PRACTICE, uuid4()})))


def test_adverse_decisions_need_the_expertise_of_the_service_and_approvals_do_not() -> None:
    wanted = frozenset({"pain medicine"})
    assert not may(reviewer(), matter(specialties=wanted))
    assert may(reviewer(specialty="pain medicine"), matter(specialties=wanted))
    assert may(reviewer(), matter(APPROVED, specialties=wanted))


def test_another_hand_decides_the_second_time() -> None:
    assert not may(reviewer(), matter(earlier_deciders=frozenset({ME})))
    assert may(reviewer(), matter(earlier_deciders=frozenset({OTHER})))
    assert may(reviewer(), matter(APPROVED, earlier_deciders=frozenset({ME})))


@pytest.mark.parametrize("kind", [ReviewerKind.STAFF, ReviewerKind.PHYSICIAN])
def test_a_clinical_reason_rules_an_administrative_denial_out(kind: ReviewerKind) -> None:
    assert may(reviewer(kind), matter(basis=Basis.ADMINISTRATIVE))
    with pytest.raises(NotEligible, match="physician has to decide"):
        check_may_decide(reviewer(kind), matter(basis=Basis.ADMINISTRATIVE, clinical_reason_given=True), on=DAY)


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {APPROVED, REDUCED, DENIED}))
@pytest.mark.parametrize("kind", ReviewerKind)
def test_nothing_else_is_a_decision(outcome: Outcome, kind: ReviewerKind) -> None:
    assert not may(reviewer(kind), matter(outcome))


def test_only_physicians_hold_the_permission_to_deny_on_clinical_grounds() -> None:
    assert [role.key for role in ROLES.values() if Permission.DETERMINATION_MAKE in role.permissions] == ["physician"]


def test_no_role_of_an_office_or_machine_decides() -> None:
    deciding = {Permission.APPROVAL_MAKE, Permission.DETERMINATION_MAKE, Permission.ADMINISTRATIVE_DENIAL_MAKE}
    for role in ROLES.values():
        assert role.side is Side.STAFF or not role.permissions & deciding, role.key
