"""What must never be false is tried by plain SQL as the application's role, past every act and rule: refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.actions import LineDecision
from forthwith.apps.identity.models import Credential
from forthwith.apps.keys import new_key
from forthwith.apps.review import actions as review
from forthwith.apps.sql import run
from forthwith.domain.words import Outcome
from tests.factories import AT, World, asked, line, scope, world

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def w() -> World:
    """Lines: 1 approved by rule (certified), 2 open; a second request denied by the physician."""
    made = world()
    made.open = _submitted(made)  # type: ignore[attr-defined]
    made.denied = _submitted(made)  # type: ignore[attr-defined]
    review.take(number=made.denied, by=made["physician"], at=AT)  # type: ignore[attr-defined]
    denial = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, reason="Two weeks of pain only.")
    actions.determine(number=made.denied, decisions=[denial], by=made["physician"], at=LATER)  # type: ignore[attr-defined]
    made.approved = actions.submit(asked=asked(made), by=made["coordinator"], at=AT).number  # type: ignore[attr-defined]
    return made


def _submitted(made: World) -> str:
    return actions.submit(asked=asked(made, line(), answers={"pain_weeks": "2"}), by=made["coordinator"], at=AT).number


def refused(statement: str, values: Any = (), *, by: str = "") -> None:
    """The database says no, by the constraint of that name where one is given; deferred ones at the end."""
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        run(statement, values)
        run("SET CONSTRAINTS ALL IMMEDIATE")
    assert by in str(raised.value), raised.value


def of(w: World, kind: str) -> dict[str, Any]:
    number = getattr(w, kind)
    with connection.cursor() as cursor:
        cursor.execute("SELECT a.id, l.id, l.units_requested FROM authorizations_authorization a JOIN authorizations_line l ON l.authorization_id = a.id WHERE a.number = %s", [number])  # fmt: skip
        authorization, line_id, units = cursor.fetchone()
    return {"authorization_id": authorization, "line_id": line_id, "units": units}


def determination(w: World, **change: Any) -> tuple[str, list[Any]]:
    """An INSERT of a physician's lawful denial of the open line, changed as told."""
    who = Credential.objects.get(person_id=w["physician"].id)
    row: dict[str, Any] = {
        "id": new_key(), "tenant_id": w.tenant.id, "outcome": "not_certified", "basis": "clinical", "reason": "Why.",
        "units_approved": None, "citations": "[]", "package": "", "package_version": "", "reviewer_kind": "physician",
        "reviewer_id": w["physician"].id, "reviewer_name": "x", "reviewer_title": "", "credential_id": who.id,
        "licence_expires_on": who.licence_expires_on, "statement_expires_on": who.statement_expires_on,
        "decided_at": LATER, "decided_on": LATER.date(),
    }  # fmt: skip
    row |= {key: value for key, value in of(w, "open").items() if key != "units"} | change
    columns, holes = ", ".join(row), ", ".join(["%s"] * len(row))
    return f"INSERT INTO authorizations_determination ({columns}) VALUES ({holes})", list(row.values())


def test_the_pattern_itself_is_taken(w):
    statement, values = determination(w)
    assert run(statement, values) == 1
    run("SET CONSTRAINTS ALL IMMEDIATE")


NOBODY = {"credential_id": None, "licence_expires_on": None, "statement_expires_on": None}
RULE = {**NOBODY, "reviewer_kind": "rule", "reviewer_id": None, "basis": "rule"}


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ({**RULE}, "adverse"), ({"reviewer_id": None}, "adverse_by_a_person"), ({"reason": ""}, "adverse_says_why"),
        ({**NOBODY, "reviewer_kind": "staff"}, "adverse_clinical_by_a_physician"),
        ({**NOBODY}, "adverse_clinical"), ({"reviewer_kind": "nurse"}, "adverse_clinical"),
        ({"reviewer_kind": "nurse", "outcome": "certified", "units_approved": 1}, "determination_by_credential"),
        ({**NOBODY, "reviewer_kind": "nurse", "outcome": "certified", "units_approved": 1}, "licensed_by_credential"),
        ({"outcome": "pended"}, "determination_decides"), ({"outcome": "cancelled"}, "determination_decides"),
        ({"basis": "administrative", "outcome": "modified", "units_approved": 1}, "adverse_clinical"),
        ({"basis": "rule"}, "adverse_clinical"), ({"units_approved": 1}, "units_only_when_approved"),
        ({"outcome": "modified", "units_approved": 0}, "units_only_when_approved"),
        ({"outcome": "certified"}, "units_only_when_approved"),
        ({"decided_on": LATER.date() - timedelta(days=2)}, "decided_on_its_day"),
        ({"licence_expires_on": LATER.date() + timedelta(days=9000)}, "determination_by_credential"),
        ({"decided_at": LATER + timedelta(days=900), "decided_on": LATER.date() + timedelta(days=900)}, "adverse_clinical"),
        ({"credential_id": new_key()}, "determination_by_credential"),
        ({"reviewer_id": new_key()}, "determination_"), ({"line_id": new_key()}, "determination_of_line"),
    ],
    ids=str,
)  # fmt: skip
def test_an_unlawful_determination_is_refused(w, change, by):
    refused(*determination(w, **change), by=by)


def test_a_determination_by_an_overdue_or_another_reviewers_credential_is_refused(w):
    overdue = Credential.objects.get(person_id=w["physician_overdue"].id)
    copied = {"credential_id": overdue.id, "licence_expires_on": overdue.licence_expires_on, "statement_expires_on": overdue.statement_expires_on}  # fmt: skip
    refused(*determination(w, **copied, reviewer_id=w["physician_overdue"].id), by="adverse_clinical_by_a_physician")
    refused(*determination(w, reviewer_id=w["nurse"].id), by="determination_by_credential")


def test_a_determination_belongs_to_the_request_and_tenant_of_its_line(w):
    refused(*determination(w, authorization_id=of(w, "denied")["authorization_id"]), by="determination_of_line")
    other = world("copperline", rules="empire-spine")
    scope(w.tenant, other.tenant)
    physician = Credential.objects.get(person_id=other["physician"].id)
    theirs = {"tenant_id": other.tenant.id, "credential_id": physician.id, "reviewer_id": other["physician"].id, "licence_expires_on": physician.licence_expires_on, "statement_expires_on": physician.statement_expires_on}  # fmt: skip
    refused(*determination(w, **theirs), by="of_tenant")


LINE = "UPDATE authorizations_line SET {} WHERE id = %s"
REQUEST = "UPDATE authorizations_authorization SET {} WHERE id = %s"


@pytest.mark.parametrize(
    ("kind", "change", "by"),
    [
        ("approved", "units_approved = units_requested + 1", "approved_"), ("approved", "units_approved = 0.5", "certified_in_full"),
        ("approved", "units_approved = NULL", "approved_has_units_and_days"), ("approved", "authorization_number = NULL", "approved_has_a_number"),
        ("approved", "approved_from = NULL", "_"), ("approved", "approved_to = NULL", "approved_has_units_and_days"),
        ("approved", "approved_to = approved_from - 1", "approved_has_units_and_days"),
        ("approved", "determination_id = NULL", "decided_by_a_determination"),
        ("approved", "outcome = 'not_certified'", "_"), ("approved", "outcome = 'modified'", "line_by_determination"),
        ("approved", "outcome = 'nonsense'", "_"), ("denied", "outcome = 'certified'", "_"),
        ("denied", "units_approved = 1", "approved_only_when_approved"),
        ("denied", "authorization_number = 'A-1'", "approved_only_when_approved"),
        ("denied", "determination_id = NULL", "decided_by_a_determination"), ("denied", "outcome = 'pended'", "undecided_has_no_determination"),
        ("open", "approved_from = from_on", "approved_has_units_and_days"), ("open", "approved_to = from_on", "approved_has_units_and_days"),
        ("open", "outcome = 'certified', units_approved = units_requested, approved_from = from_on, approved_to = from_on, authorization_number = 'A-1-01'", "decided_by_a_determination"),
        ("open", "outcome = 'not_certified'", "decided_by_a_determination"),
    ],
)  # fmt: skip
def test_an_impossible_line_is_refused(w, kind, change, by):
    refused(LINE.format(change), [of(w, kind)["line_id"]], by=by)


def test_a_line_takes_no_other_lines_determination(w):
    theirs = "(SELECT id FROM authorizations_determination WHERE outcome = 'not_certified' LIMIT 1)"
    change = f"outcome = 'not_certified', determination_id = {theirs}"
    refused(LINE.format(change), [of(w, "open")["line_id"]], by="line_by_determination")


@pytest.mark.parametrize(
    ("kind", "change", "by"),
    [
        ("open", "state = 'decided'", "decided_means_every_line"), ("open", "state = 'decided', decided_at = now()", "decided_means_every_line"),
        ("open", "decided_at = now()", "open_has_no_end"), ("open", "notified_at = now()", "_"), ("open", "withdrawn_at = now()", "_"),
        ("open", "state = 'withdrawn'", "withdrawn_has_its_moment"), ("open", "state = 'nonsense'", "state_is_known"),
        ("open", "state = ''", "state_is_known"), ("open", "open_lines = -1", "open_lines_counted"),
        ("open", "changed_at = received_at - interval '1 second'", "changed_after_received"),
        ("denied", "state = 'notified'", "notified_has_its_moment"), ("denied", "notified_at = now()", "notified_after_decided"),
        ("denied", "state = 'notified', notified_at = decided_at - interval '1 second'", "notified_after_decided"),
        ("denied", "decided_at = NULL", "decided_means_every_line"), ("denied", "open_lines = 1", "decided_means_every_line"),
        ("denied", "state = 'received'", "open_has_no_end"),
    ],
)  # fmt: skip
def test_an_impossible_request_is_refused(w, kind, change, by):
    refused(REQUEST.format(change), [of(w, kind)["authorization_id"]], by=by)


@pytest.mark.parametrize("change", [{"recipient": "nobody"}, {"means": "pigeon"}, {"by_name": ""}, {"tenant_id": new_key()}])  # fmt: skip
def test_a_notice_to_nobody_is_refused(w, change):
    row = {"id": new_key(), "tenant_id": w.tenant.id, "authorization_id": of(w, "denied")["authorization_id"], "recipient": "member", "means": "mail", "by_name": "x", "at": LATER} | change  # fmt: skip
    columns, holes = ", ".join(row), ", ".join(["%s"] * len(row))
    refused(f"INSERT INTO authorizations_noticegiven ({columns}) VALUES ({holes})", list(row.values()))


def test_an_answer_has_a_moment_and_a_name(w):
    review.take(number=w.open, by=w["nurse"], at=AT)
    actions.ask_for_information(number=w.open, questions=["When?"], message="", by=w["nurse"], at=AT)
    refused("UPDATE authorizations_informationrequest SET answered_at = now()", by="answered_at_and_by")
    refused("UPDATE authorizations_informationrequest SET answered_by_name = 'x'", by="answered_at_and_by")


def test_nobody_changes_or_deletes_a_determination(w):
    for statement in ("UPDATE authorizations_determination SET reason = 'x'", "DELETE FROM authorizations_determination"):  # fmt: skip
        refused(statement, by="permission denied")
