"""The rules that bind everywhere (domain facts, 2.1a), held by what the product does rather than by what it says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import forthwith
from forthwith.apps.authorizations import actions, upkeep
from forthwith.apps.authorizations.actions import LineDecision
from forthwith.apps.authorizations.asking import AskRefused
from forthwith.apps.authorizations.models import Authorization, Determination
from forthwith.apps.identity.models import Credential
from forthwith.apps.letters.models import Letter
from forthwith.apps.review import actions as review
from forthwith.domain.numbers import read_number
from forthwith.domain.outcomes import roll_up
from forthwith.domain.reviewers import NotEligible
from forthwith.domain.words import Basis, Outcome, State, Status, Timing, Urgency
from tests.factories import AT, asked, line, world
from tests.journeys.conftest import plain_static_files, static_folder
from tests.journeys.portal import a_world, at_the_portal, start

__all__ = ["plain_static_files", "static_folder"]
pytestmark = pytest.mark.django_db
SOME = {"pain_weeks": "2"}


def submitted(w, *lines, **more):
    answer = actions.submit(asked=asked(w, *lines, answers=SOME, **more), by=w["coordinator"], at=AT)
    return Authorization.objects.get(number=answer.number)


@pytest.mark.parametrize("act", ["send_back", "ask_for_information"])
@pytest.mark.parametrize("lob", ["medicare_advantage", "medicaid"])
def test_asking_the_office_keeps_the_receipt_and_the_federal_clock(lob, act):
    """A state's own business days begin with the necessary information; the federal seven days run on."""
    w = world(line_of_business=lob)
    row = submitted(w)
    first_due, received_at, federal = row.due_at, row.received_at, datetime(2026, 12, 1, 4, 59, 59, tzinfo=UTC)
    review.take(number=row.number, by=w["nurse"], at=AT)
    getattr(actions, act)(number=row.number, questions=["When?"], message="", by=w["nurse"], at=AT + timedelta(hours=2))
    row.refresh_from_db()
    assert row.received_at == received_at and row.due_at == federal == row.lines.get().due_at
    assert first_due == (federal if lob == "medicare_advantage" else first_due) and first_due <= federal
    actions.answer_information(number=row.number, answer="Today.", by=w["coordinator"], at=AT + timedelta(days=1))
    row.refresh_from_db()
    assert row.received_at == received_at and row.due_at <= federal and row.state == State.IN_REVIEW


def test_silence_gives_the_request_back_to_a_reviewer_a_day_before_it_is_due_and_closes_nothing():
    w = world()
    row = submitted(w)
    review.take(number=row.number, by=w["nurse"], at=AT)
    actions.send_back(number=row.number, questions=["When?"], message="", by=w["nurse"], at=AT)
    day = timedelta(hours=24)
    early = row.due_at - day - timedelta(seconds=1)
    assert upkeep.return_unanswered(before=early + day, at=early) == 0
    late = row.due_at - day + timedelta(seconds=1)
    assert upkeep.return_unanswered(before=late + day, at=late) == 1
    row.refresh_from_db()
    assert (row.state, row.status) == (State.IN_REVIEW, Status.IN_REVIEW)
    assert (row.lines.get().outcome, row.withdrawn_at, row.decided_at) == (Outcome.PENDED, None, None)
    assert upkeep.return_unanswered(before=late + 90 * day, at=late + 89 * day) == 0
    denial = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, reason="Decided on the record.")
    actions.determine(number=row.number, decisions=[denial], by=w["physician"], at=late)
    row.refresh_from_db()
    assert row.status == Status.DENIED


def test_a_drug_and_a_service_in_one_request_have_their_own_clocks():
    w = world(rules="copperline")
    row = submitted(w, line(1), line(2, service="SVC:DENOSUMAB"))
    dues = {one.item_class: one.due_at for one in row.lines.all()}
    drug = dues.pop("part_b_drug")
    assert drug == row.due_at == AT + timedelta(hours=72) and min(dues.values()) > drug


def test_a_physicians_request_for_speed_is_honoured_and_care_given_cannot_be_expedited():
    w = world()
    row = submitted(w, urgency=Urgency.EXPEDITED, attested_by="Imogen Sampleton")
    assert row.due_at == AT + timedelta(hours=72)
    with pytest.raises(AskRefused, match="can't be expedited"):
        submitted(w, line(from_on=date(2026, 11, 1)), urgency=Urgency.EXPEDITED, timing=Timing.POST_SERVICE)


def test_the_form_says_that_emergency_care_needs_no_authorization():
    w = a_world()
    office = at_the_portal(w)
    page = office.get(f"{start(office, w)}services/").content.decode()
    assert "Emergency care never needs authorization" in page and "Already given" in page


@pytest.mark.parametrize("who", ["supervisor", "physician"])
def test_an_administrative_denial_needs_that_no_clinical_reason_was_given(who):
    w = world()
    with_reason = submitted(w, line(service="SVC:ESI-TF1"), clinical_reason="Numbness in the leg.")
    review.take(number=with_reason.number, by=w[who], at=AT)
    denial = LineDecision(
        sequence=1, outcome=Outcome.NOT_CERTIFIED, basis=Basis.ADMINISTRATIVE, reason="Not a benefit."
    )
    with pytest.raises(NotEligible, match="clinical reason"):
        actions.determine(number=with_reason.number, decisions=[denial], by=w[who], at=AT)
    assert not Determination.objects.exists()


def test_a_letter_about_benefits_never_speaks_of_medical_need():
    w = world()
    row = submitted(w, line(service="SVC:MRI-LB"), clinical_reason="")
    assert row.open_lines == 1 and not row.lines.get().criteria
    review.take(number=row.number, by=w["supervisor"], at=AT)
    denial = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, basis=Basis.ADMINISTRATIVE, reason="Not a benefit of this plan.")  # fmt: skip
    actions.determine(number=row.number, decisions=[denial], by=w["supervisor"], at=AT)
    letters = Letter.objects.filter(number=row.number, kind="denial")
    assert letters.count() == 2
    for letter in letters:
        text = str(letter.content).lower()
        assert "administrative" in text and "medical need" not in text and "medically necessary" not in text


C, M, N, Q, X, P, O = (Outcome.CERTIFIED, Outcome.MODIFIED, Outcome.NOT_CERTIFIED, Outcome.NOT_REQUIRED, Outcome.CANCELLED, Outcome.PENDED, Outcome.CONTACT_PAYER)  # fmt: skip  # noqa: E741


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([C, Q], Status.APPROVED), ([N, Q], Status.DENIED), ([M], Status.PARTIALLY_APPROVED), ([X, X], Status.WITHDRAWN),
        ([Q, Q], Status.NOT_REQUIRED), ([C, N], Status.PARTIALLY_APPROVED), ([C, X], Status.APPROVED), ([N, X], Status.DENIED),
        ([Q, X], Status.NOT_REQUIRED), ([C, O], Status.APPROVED), ([C, P], None), ([P, X], None), ([M, Q, X], Status.PARTIALLY_APPROVED),
        ([O, O], None),
    ],
)  # fmt: skip
def test_lines_roll_up_to_one_status(outcomes, status):
    assert roll_up(outcomes) == status


def test_numbers_tell_nothing_and_the_authorization_number_comes_only_with_an_approval():
    w = world()
    numbers = [submitted(w).number for _ in range(3)]
    assert all(read_number(number) == number for number in numbers)
    assert len({number[2:5] for number in numbers}) > 1, "a random body, not a counter"
    row = submitted(w)
    assert row.lines.get().authorization_number is None
    review.take(number=row.number, by=w["physician"], at=AT)
    denial = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, reason="Two weeks only.")
    actions.determine(number=row.number, decisions=[denial], by=w["physician"], at=AT)
    assert row.lines.get().authorization_number is None
    assert not any(row.number[2:] in str(one.content["title"]) for one in Letter.objects.all())


def test_nothing_automatic_ever_denies():
    """Whatever is asked, the rules approve, find nothing needed, or hand on: no determination of theirs is adverse."""
    w = world()
    for answers in ({}, SOME, {"active_infection": "yes"}, {"pain_weeks": "0", "pain_cause": "other"}):
        request = asked(w, line(1), line(2, service="SVC:EXER"), line(3, units=50), answers=answers)
        actions.submit(asked=request, by=w["coordinator"], at=AT)
    assert not Determination.objects.exclude(outcome=Outcome.CERTIFIED).exists()
    assert not Authorization.objects.filter(status__in=[Status.DENIED, Status.PARTIALLY_APPROVED]).exists()


def test_a_reviewer_whose_own_practice_asks_does_not_decide():
    w = world()
    row = submitted(w)
    review.take(number=row.number, by=w["physician"], at=AT)
    from forthwith.apps.identity.models import Grant

    Grant.objects.create(person_id=w["physician"].id, portal_id=w.portal.id, organization=w.office, role="clinician", granted_at=AT)  # fmt: skip
    with pytest.raises(NotEligible, match="practice in this request"):
        actions.determine(number=row.number, decisions=[LineDecision(sequence=1, outcome=Outcome.CERTIFIED)], by=w["physician"], at=AT)  # fmt: skip


def test_a_licence_holds_through_its_last_day_in_the_plans_zone():
    w = world()
    row = submitted(w)
    review.take(number=row.number, by=w["physician"], at=AT)
    last = Credential.objects.get(person_id=w["physician"].id).statement_expires_on
    local_evening = AT.replace(year=last.year, month=last.month, day=last.day, hour=23, minute=30) + timedelta(hours=4)
    denial = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, reason="Two weeks only.")
    with pytest.raises(NotEligible, match="statement is overdue"):
        actions.determine(number=row.number, decisions=[denial], by=w["physician"], at=local_evening + timedelta(hours=2))  # fmt: skip
    actions.determine(number=row.number, decisions=[denial], by=w["physician"], at=local_evening)


def test_who_decides_sees_no_rate_and_no_cost():
    desk = Path(forthwith.__file__).parent / "interfaces" / "staff_desk"
    for path in (*desk.rglob("*.html"), *desk.rglob("*.py")):
        text = path.read_text().lower().replace("no page of this door shows approval or denial rates", "")
        for word in ("approval rate", "denial rate", "overturn rate", "percent approved", "percent denied", "savings"):
            assert word not in text, path
