"""Asking: rules approve, find nothing required, or hand to a person; asking twice is asking once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations import actions, queries
from forthwith.apps.authorizations.actions.submit import SQL_STATEMENTS
from forthwith.apps.authorizations.asking import AskRefused, KeyReused
from forthwith.apps.authorizations.models import Authorization
from forthwith.apps.authorizations.reference import reference
from forthwith.apps.identity.actors import PermissionMissing
from forthwith.apps.letters.models import Letter
from forthwith.domain.words import Outcome, Status, Urgency
from tests.factories import AT, MEETS, add_member, asked, line, world

pytestmark = pytest.mark.django_db


def test_an_injection_that_meets_the_criteria_is_approved_at_once():
    w = world()
    answer = actions.submit(asked=asked(w), by=w["coordinator"], at=AT)
    assert answer.status is Status.APPROVED
    (one,) = answer.lines
    assert one.outcome is Outcome.CERTIFIED and one.units_approved == 1
    assert one.authorization_number.startswith("A-") and answer.number.startswith("R-")
    assert (one.approved_from, one.approved_to) == (date(2026, 12, 7), date(2026, 12, 7) + timedelta(days=60))
    assert not one.by_person and "L33906" in one.reason
    assert {letter.audience for letter in Letter.objects.filter(kind="approval")} == {"provider", "member"}


def test_missing_facts_go_to_a_person_and_the_answer_says_what_is_missing():
    w = world()
    some = {key: value for key, value in MEETS.items() if key != "imaging_concordant"}
    answer = actions.submit(asked=asked(w, answers=some), by=w["coordinator"], at=AT)
    assert answer.status is Status.RECEIVED
    (one,) = answer.lines
    assert one.outcome is Outcome.PENDED and one.authorization_number is None
    assert one.criteria["deciding"] == ["imaging_concordant"]
    assert answer.due_at.isoformat() == "2026-12-01T04:59:59+00:00"
    assert [letter.kind for letter in Letter.objects.all()] == ["receipt"]


def test_criteria_not_met_are_never_a_denial():
    w = world()
    answer = actions.submit(asked=asked(w, answers={**MEETS, "pain_weeks": "1"}), by=w["coordinator"], at=AT)
    assert answer.status is Status.RECEIVED and answer.lines[0].outcome is Outcome.PENDED


def test_what_needs_no_authorization_says_so():
    w = world()
    answer = actions.submit(asked=asked(w, line(service="SVC:EXER")), by=w["coordinator"], at=AT)
    assert answer.status is Status.NOT_REQUIRED


def test_approved_lines_are_not_withheld_while_others_pend():
    w = world()
    request = asked(w, line(1), line(2, service="SVC:MRI-LB"))
    answer = actions.submit(asked=request, by=w["coordinator"], at=AT)
    assert answer.status is Status.RECEIVED
    assert [one.outcome for one in answer.lines] == [Outcome.CERTIFIED, Outcome.PENDED]
    assert set(Letter.objects.values_list("kind", flat=True)) == {"receipt", "approval"}


def test_more_units_than_a_rule_may_approve_go_to_a_person():
    w = world()
    answer = actions.submit(asked=asked(w, line(units=2)), by=w["coordinator"], at=AT)
    assert answer.lines[0].outcome is Outcome.PENDED


def test_the_fifth_session_in_twelve_months_goes_to_a_person():
    w = world()
    earlier = {**MEETS, "relief_percent": "60", "relief_months": "4", "function_improved": "yes"}
    for month in (1, 4, 7, 10):
        one = line(from_on=date(2026, month, 5))
        assert (
            actions.submit(asked=asked(w, one, answers=earlier), by=w["coordinator"], at=AT).status is Status.APPROVED
        )
    answer = actions.submit(asked=asked(w, answers=earlier), by=w["coordinator"], at=AT)
    assert answer.status is Status.RECEIVED
    elsewhere = asked(w, answers={**MEETS, "region": "cervical"})
    assert actions.submit(asked=elsewhere, by=w["coordinator"], at=AT).status is Status.APPROVED


def test_asking_twice_is_asking_once():
    w = world()
    request = asked(w, key="again")
    first = actions.submit(asked=request, by=w["coordinator"], at=AT)
    assert actions.submit(asked=request, by=w["coordinator"], at=AT + timedelta(hours=1)) == first
    assert Authorization.objects.count() == 1


def test_a_key_is_refused_for_another_request():
    w = world()
    actions.submit(asked=asked(w, key="same"), by=w["coordinator"], at=AT)
    with pytest.raises(KeyReused):
        actions.submit(asked=asked(w, line(units=3), key="same"), by=w["coordinator"], at=AT)


def test_everything_wrong_is_said_at_once_and_nothing_is_stored():
    w = world()
    request = asked(
        w, line(1, units=0, from_on=date(2026, 12, 7), to_on=date(2026, 12, 1)), line(2, service="SVC:NONE"),
        practitioner_npi="1234567890", diagnoses=(),
    )  # fmt: skip
    with pytest.raises(AskRefused) as refused:
        actions.submit(asked=request, by=w["coordinator"], at=AT)
    codes = {problem.code for problem in refused.value.problems}
    assert codes == {"units_invalid", "dates_reversed", "service_unknown", "npi_invalid", "diagnosis_missing"}
    assert not Authorization.objects.exists() and not Event.objects.exists() and not Letter.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"birth_on": date(1950, 1, 1)}, "member_unknown"),
        ({"last_name": "Other"}, "member_unknown"),
        ({"number": "NOBODY"}, "member_unknown"),
        ({"payer_id": "ELSEWHERE"}, "coverage_inactive"),
    ],
)
def test_a_member_must_match(change, code):
    w = world()
    request = asked(w)
    member = type(request.member)(**{"number": request.member.number, "birth_on": request.member.birth_on, **change})
    with pytest.raises(AskRefused) as refused:
        actions.submit(asked=asked(w, member=member), by=w["coordinator"], at=AT)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_coverage_must_be_active_on_the_days_asked_for():
    w = world()
    w.coverage.ends_on = date(2026, 11, 30)
    w.coverage.save()
    with pytest.raises(AskRefused, match="ended before"):
        actions.submit(asked=asked(w), by=w["coordinator"], at=AT)


def test_an_answer_that_cannot_be_read_is_named():
    w = world()
    with pytest.raises(AskRefused) as refused:
        actions.submit(asked=asked(w, answers={**MEETS, "pain_score": "eleven"}), by=w["coordinator"], at=AT)
    assert [problem.where for problem in refused.value.problems] == ["MSK-ESI.pain_score"]


def test_expedited_care_has_72_hours():
    w = world()
    answer = actions.submit(asked=asked(w, answers={}, urgency=Urgency.EXPEDITED), by=w["coordinator"], at=AT)
    assert answer.due_at == AT + timedelta(hours=72)


def test_who_may_not_ask_is_refused():
    w = world()
    with pytest.raises(PermissionMissing):
        actions.submit(asked=asked(w), by=w["biller"], at=AT)


def test_an_office_cannot_ask_for_another():
    w = world()
    with pytest.raises(AskRefused, match="can't ask for this organization"):
        actions.submit(asked=asked(w, requester_npi=w.facility.npi), by=w["coordinator"], at=AT)


def test_another_tenant_sees_nothing():
    w, other = world("empire-spine"), world("saguaro")
    from tests.factories import scope

    scope(w.tenant)
    answer = actions.submit(asked=asked(w), by=w["coordinator"], at=AT)
    scope(other.tenant)
    assert not queries.visible_to(other["physician"]).filter(number=answer.number).exists()
    assert not Authorization.objects.exists()  # the second wall alone


@pytest.mark.parametrize("lines", [1, 5])
def test_submitting_costs_a_fixed_number_of_statements(lines):
    w = world()
    actions.submit(asked=asked(w), by=w["coordinator"], at=AT)
    for _ in range(3):
        add_member(w.tenant, w.plan)
    request = asked(w, *(line(number, units=number) for number in range(1, lines + 1)))
    with CaptureQueriesContext(connection) as spent:
        actions.submit(asked=request, by=w["coordinator"], at=AT)
    sent = [q["sql"] for q in spent.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(sent) == SQL_STATEMENTS, sent


def test_units_keep_their_decimals():
    w = world()
    request = asked(w, line(service="SVC:MRI-LB", units=Decimal("1.5")))
    assert actions.submit(asked=request, by=w["coordinator"], at=AT).lines[0].units_requested == Decimal("1.5")


def test_a_number_that_is_somebodys_already_is_drawn_again(monkeypatch):
    w = world()
    drawn = iter([1, 2, 1, 3, 4, 5, 6, 7])  # reference and authorization number of each try
    monkeypatch.setattr("secrets.randbelow", lambda _: next(drawn))
    first = actions.submit(asked=asked(w), by=w["coordinator"], at=AT)
    second = actions.submit(asked=asked(w, key="ANOTHER"), by=w["coordinator"], at=AT)
    assert first.number != second.number
    assert Authorization.objects.count() == 2 == len(set(Letter.objects.values_list("subject_id", flat=True)))


def test_past_care_is_read_only_where_criteria_count_it():
    w = world()
    known = reference(w.tenant.id)
    assert known.counted_for("SVC:ESI-TF1") and not known.counted_for("SVC:MRI-LB")
    assert known.counted_for("nothing") == set()
