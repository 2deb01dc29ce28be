"""Deciding: a nurse can't deny, whatever she sends; the domain refuses, and the database refuses again."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from forthwith.apps.authorizations import actions, queries, upkeep
from forthwith.apps.authorizations.actions import LineDecision
from forthwith.apps.authorizations.actions.determine import DecisionInvalid
from forthwith.apps.authorizations.asking import NotFound, Stale
from forthwith.apps.authorizations.models import Authorization, Determination
from forthwith.apps.directory.models import NetworkEntry
from forthwith.apps.identity.actors import PermissionMissing
from forthwith.apps.letters.models import Letter
from forthwith.apps.review import actions as review
from forthwith.apps.review import queries as worklists
from forthwith.domain.lifecycle import MoveRefused
from forthwith.domain.reviewers import NotEligible
from forthwith.domain.words import Basis, Outcome, Status
from tests.factories import AT, asked, line, world

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=3)


def _pended(w, lines=2):
    request = asked(w, *(line(number) for number in range(1, lines + 1)), answers={"pain_weeks": "2"})
    number = actions.submit(asked=request, by=w["coordinator"], at=AT).number
    review.take(number=number, by=w["nurse"], at=AT)
    return number


def _deny(sequence=1, **more):
    return LineDecision(sequence=sequence, outcome=Outcome.NOT_CERTIFIED, reason="Pain for two weeks only.", **more)


def _approve(sequence=1, **more):
    return LineDecision(sequence=sequence, outcome=Outcome.CERTIFIED, **more)


def test_a_physician_denies_one_line_and_approves_another():
    w = world()
    number = _pended(w)
    row = actions.determine(number=number, decisions=[_deny(1), _approve(2)], by=w["physician"], at=LATER)
    assert (row.status, row.state) == (Status.PARTIALLY_APPROVED, "decided")
    letter = Letter.objects.filter(kind="partial_approval", audience="provider").get()
    said = str(letter.content)
    assert "Pain for two weeks only." in said and "L33906" in said and "January 27, 2027" in said
    assert "can't change" in said or "cannot change" in said


def test_a_part_of_the_units_is_partially_approved():
    w = world()
    number = _pended(w, 1)
    Authorization.objects.get(number=number)
    decision = LineDecision(sequence=1, outcome=Outcome.MODIFIED, units=Decimal("0.5"), reason="Half is enough.")
    row = actions.determine(number=number, decisions=[decision], by=w["physician"], at=LATER)
    assert row.status == Status.PARTIALLY_APPROVED


@pytest.mark.parametrize("who", ["nurse", "pharmacist", "physician_overdue", "physician_other"])
def test_who_is_not_eligible_cannot_deny(who):
    w = world()
    number = _pended(w, 1)
    with pytest.raises(NotEligible):
        actions.determine(number=number, decisions=[_deny()], by=w[who], at=LATER)
    assert Authorization.objects.get(number=number).status == Status.IN_REVIEW
    assert not Determination.objects.exists()


@pytest.mark.parametrize("who", ["intake", "auditor", "coordinator"])
def test_who_may_not_decide_at_all_is_refused(who):
    w = world()
    number = _pended(w, 1)
    with pytest.raises((PermissionMissing, NotFound)):
        actions.determine(number=number, decisions=[_approve()], by=w[who], at=LATER)


def test_a_nurse_approves():
    w = world()
    row = actions.determine(number=_pended(w, 1), decisions=[_approve()], by=w["nurse"], at=LATER)
    assert row.status == Status.APPROVED


def test_a_clinical_reason_rules_out_an_administrative_denial():
    w = world()
    with pytest.raises(NotEligible, match="clinical reason"):
        actions.determine(
            number=_pended(w, 1), decisions=[_deny(basis=Basis.ADMINISTRATIVE)], by=w["supervisor"], at=LATER
        )


def test_without_any_reason_a_supervisor_may_deny_on_administrative_grounds():
    """That criteria were looked at is no reason that the office gave."""
    w = world()
    number = actions.submit(asked=asked(w, answers={}), by=w["coordinator"], at=AT).number
    review.take(number=number, by=w["nurse"], at=AT)
    decisions = [_deny(basis=Basis.ADMINISTRATIVE)]
    actions.ask_for_information(number=number, questions=["Why?"], message="", by=w["nurse"], at=AT)
    row = actions.determine(number=number, decisions=decisions, by=w["supervisor"], at=LATER)
    assert row.status == Status.DENIED
    assert Determination.objects.get().basis == "administrative"


@pytest.mark.parametrize("told", ["words", "answer"])
def test_any_clinical_reason_the_office_gave_counts(told):
    w = world()
    more = {"clinical_reason": "Pain down the leg."} if told == "words" else {}
    number = actions.submit(asked=asked(w, answers={}, **more), by=w["coordinator"], at=AT).number
    review.take(number=number, by=w["nurse"], at=AT)
    if told == "answer":
        actions.ask_for_information(number=number, questions=["Why?"], message="", by=w["nurse"], at=AT)
        actions.answer_information(number=number, answer="Pain down the leg.", by=w["coordinator"], at=AT)
    with pytest.raises(NotEligible, match="clinical reason"):
        actions.determine(number=number, decisions=[_deny(basis=Basis.ADMINISTRATIVE)], by=w["supervisor"], at=LATER)


def test_a_denial_says_why():
    w = world()
    decision = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, reason="  ")
    with pytest.raises(DecisionInvalid, match="Say why"):
        actions.determine(number=_pended(w, 1), decisions=[decision], by=w["physician"], at=LATER)


def test_a_stale_form_is_refused_and_nothing_changes():
    w = world()
    number = _pended(w, 1)
    version = Authorization.objects.get(number=number).version
    actions.determine(number=number, decisions=[_approve()], by=w["nurse"], at=LATER, version=version)
    with pytest.raises(Stale):
        actions.determine(number=number, decisions=[_deny()], by=w["physician"], at=LATER, version=version)
    with pytest.raises(MoveRefused):
        actions.determine(number=number, decisions=[_deny()], by=w["physician"], at=LATER)
    assert Authorization.objects.get(number=number).status == Status.APPROVED


def test_decided_lines_are_told_while_others_wait():
    w = world()
    number = _pended(w)
    row = actions.determine(number=number, decisions=[_approve(1)], by=w["nurse"], at=LATER)
    assert (row.status, row.open_lines) == (Status.IN_REVIEW, 1)
    assert Letter.objects.filter(kind="approval").count() == 2


def test_decided_is_not_notified_until_everybody_was_told():
    w = world()
    number = _pended(w, 1)
    actions.determine(number=number, decisions=[_approve()], by=w["nurse"], at=LATER)
    row = actions.record_notice(number=number, recipient="member", means="mail", by=w["nurse"], at=LATER)
    assert (row.state, row.notified_at) == ("notified", LATER)


def test_asking_and_answering():
    w = world()
    number = _pended(w, 1)
    row = actions.ask_for_information(number=number, questions=["The MRI report"], message="", by=w["nurse"], at=LATER)
    assert row.status == Status.IN_REVIEW and row.state == "information_requested"
    row = actions.answer_information(number=number, answer="Attached.", by=w["coordinator"], at=LATER)
    assert row.state == "in_review"
    assert Letter.objects.filter(kind="request_for_information").count() == 1


@pytest.mark.parametrize("hours_left", [1, 10, 30])
def test_an_office_is_given_time_that_has_not_passed(hours_left):
    w = world()
    number = _pended(w, 1)
    asked_at = Authorization.objects.get(number=number).due_at - timedelta(hours=hours_left)
    row = actions.ask_for_information(number=number, questions=["The MRI"], message="", by=w["nurse"], at=asked_at)
    reply_by = row.information_requests.get().reply_by
    assert asked_at < reply_by < row.due_at
    day = timedelta(hours=24)
    soon = asked_at + timedelta(minutes=1)
    assert upkeep.return_unanswered(before=soon + day, at=soon) == 0
    assert upkeep.return_unanswered(before=reply_by + day, at=reply_by) == 1


def test_an_office_has_a_day_to_answer_about_what_is_overdue():
    w = world()
    number = _pended(w, 1)
    late = Authorization.objects.get(number=number).due_at + timedelta(hours=1)
    row = actions.ask_for_information(number=number, questions=["The MRI"], message="", by=w["nurse"], at=late)
    assert row.information_requests.get().reply_by == late + timedelta(hours=24)


def test_an_authorization_number_that_is_taken_is_drawn_again(monkeypatch):
    w = world()
    first, second = _pended(w, 1), _pended(w, 1)
    actions.determine(number=first, decisions=[_approve()], by=w["physician"], at=LATER)
    taken = Authorization.objects.get(number=first).lines.get().authorization_number.rsplit("-", 1)[0]
    drawn = iter([taken, "A-FREE"])
    monkeypatch.setattr(sys.modules[DecisionInvalid.__module__], "make_number", lambda *_: next(drawn))
    row = actions.determine(number=second, decisions=[_approve()], by=w["physician"], at=LATER)
    assert row.lines.get().authorization_number == "A-FREE-01"


def test_send_back_keeps_the_clock():
    w = world()
    number = actions.submit(asked=asked(w, answers={}), by=w["coordinator"], at=AT).number
    before = Authorization.objects.get(number=number).due_at
    row = actions.send_back(number=number, questions=["Diagnosis"], message="", by=w["intake"], at=LATER)
    assert (row.status, row.due_at) == (Status.SEND_BACK, before)


def test_extension_gives_fourteen_days_once():
    w = world()
    number = _pended(w, 1)
    before = Authorization.objects.get(number=number).due_at
    reasons = {"number": number, "words": "The member asked for more time.", "by": w["nurse"], "at": LATER}
    row = actions.extend(reason=_extension_reason(number), **reasons)
    assert row.due_at == before + timedelta(days=14)
    with pytest.raises(Exception, match="extended once"):
        actions.extend(reason=_extension_reason(number), **reasons)


def _extension_reason(number):
    from forthwith.apps.authorizations.acting import known_of, lines_of, moments_of
    from forthwith.apps.authorizations.weighing import case_of
    from forthwith.apps.criteria.allowances import book
    from forthwith.domain import clocks

    row = Authorization.objects.get(number=number)
    item = lines_of(row)[0].item_class
    case = case_of(known_of(row).plans[row.plan_id], item=item, urgency=row.urgency, timing=row.timing)
    offer = clocks.possible_extension(case, moments_of(row), book())
    return offer.reasons[0].key if offer.reasons else "member_request"


def test_withdrawing():
    w = world()
    number = _pended(w)
    row = actions.withdraw(number=number, reason="No longer needed", by=w["coordinator"], at=LATER)
    assert row.status == Status.WITHDRAWN and row.due_at is None
    with pytest.raises(MoveRefused):
        actions.withdraw(number=number, reason="Again", by=w["coordinator"], at=LATER)


def test_what_was_approved_before_the_rest_was_withdrawn_stays_approved():
    w = world()
    number = _pended(w)
    actions.determine(number=number, decisions=[_approve(1)], by=w["nurse"], at=LATER)
    row = actions.withdraw(number=number, reason="One is enough", by=w["coordinator"], at=LATER)
    assert (row.state, row.status, row.due_at) == ("withdrawn", Status.APPROVED, None)
    assert [line.outcome for line in row.lines.all()] == [Outcome.CERTIFIED, Outcome.CANCELLED]


@pytest.mark.parametrize("outcome", [Outcome.PENDED, Outcome.NOT_REQUIRED, Outcome.CANCELLED, Outcome.CONTACT_PAYER])
def test_nothing_but_a_decision_is_taken_for_one(outcome):
    w = world()
    number = _pended(w, 1)
    with pytest.raises(NotEligible, match="nothing else is a decision"):
        actions.determine(
            number=number, decisions=[LineDecision(sequence=1, outcome=outcome)], by=w["physician"], at=LATER
        )
    assert not Determination.objects.exists()


def test_a_nurse_recommends_and_the_case_goes_to_a_physician():
    w = world()
    number = _pended(w, 1)
    review.recommend(number=number, outcomes={1: Outcome.NOT_CERTIFIED}, note="Two weeks.", by=w["nurse"], at=LATER)
    assert [row.number for row in worklists.worklist(w["physician"], view="physician", at=LATER)] == [number]
    assert not worklists.worklist(w["nurse"], view="mine", at=LATER).exists()


def test_what_another_owner_decides_is_on_nobodys_worklist():
    w = world()
    one = asked(w, line(1, "SVC:DENOSUMAB"), answers={})
    row = Authorization.objects.get(number=actions.submit(asked=one, by=w["coordinator"], at=AT).number)
    assert [one.outcome for one in row.lines.all()] == [Outcome.CONTACT_PAYER]
    assert (row.status, row.due_at, row.open_lines) == (Status.RECEIVED, None, 0)
    assert not worklists.worklist(w["nurse"], at=LATER).exists()


def test_two_hands_cannot_take_one_case():
    w = world()
    number = _pended(w, 1)
    with pytest.raises(review.AlreadyTaken):
        review.take(number=number, by=w["physician"], at=LATER)


def _refused(statement, *values):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_what_must_never_be():
    w = world()
    number = _pended(w, 1)
    row = queries.found(number, by=w["physician"])
    (one,) = row.lines.all()
    _refused("UPDATE authorizations_line SET outcome = 'not_certified' WHERE id = %s", one.id)
    _refused("UPDATE authorizations_authorization SET state = 'decided', decided_at = now() WHERE id = %s", row.id)
    insert = (
        "INSERT INTO authorizations_determination (id, tenant_id, authorization_id, line_id, outcome, basis, reason, "
        "citations, package, package_version, reviewer_kind, reviewer_id, reviewer_name, reviewer_title, "
        "decided_at, decided_on) VALUES (gen_random_uuid(), %s, %s, %s, 'not_certified', %s, 'Why', '[]', '', '', "
        "%s, %s, 'x', '', now(), current_date)"
    )
    for basis, kind, person in (
        ("rule", "rule", None),
        ("clinical", "nurse", w["nurse"].id),
        ("clinical", "physician", w["physician"].id),
    ):
        _refused(insert, w.tenant.id, row.id, one.id, basis, kind, person)


def test_a_determination_cannot_be_rewritten():
    w = world()
    actions.determine(number=_pended(w, 1), decisions=[_approve()], by=w["nurse"], at=LATER)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Determination.objects.update(reason="changed")


def _told_by_posting(number):
    return list(Authorization.objects.get(number=number).notices_given.values_list("recipient", "means"))


def test_only_who_accepted_electronic_delivery_is_told_by_posting():
    """domain.md 2.1a.1: phone, fax and non-contracted requesters get fax or post."""
    w = world()
    accepted = _pended(w, 1)
    actions.determine(number=accepted, decisions=[_deny()], by=w["physician"], at=LATER)
    assert _told_by_posting(accepted) == [("requester", "portal")]
    NetworkEntry.objects.filter(npi=w.office.npi).update(electronic_delivery=False)
    declined = _pended(w, 1)
    actions.determine(number=declined, decisions=[_deny()], by=w["physician"], at=LATER)
    assert _told_by_posting(declined) == []
    NetworkEntry.objects.filter(npi=w.office.npi).delete()
    stranger = _pended(w, 1)
    actions.determine(number=stranger, decisions=[_approve()], by=w["nurse"], at=LATER)
    assert _told_by_posting(stranger) == []


def test_decided_is_not_notified_until_everybody_who_must_be_is_told():
    w = world()
    NetworkEntry.objects.filter(npi=w.office.npi).update(electronic_delivery=False)
    number = _pended(w, 1)
    actions.determine(number=number, decisions=[_deny()], by=w["physician"], at=LATER)
    to_tell = [row.number for row in worklists.worklist(w["nurse"], view="notices", at=LATER)]
    assert to_tell == [number]
    row = actions.record_notice(number=number, recipient="member", means="mail", by=w["nurse"], at=LATER)
    assert (row.state, row.notified_at) == ("decided", None)
    row = actions.record_notice(number=number, recipient="requester", means="fax", by=w["nurse"], at=LATER + timedelta(hours=1))  # fmt: skip
    assert (row.state, row.notified_at) == ("notified", LATER + timedelta(hours=1))
    assert list(worklists.worklist(w["nurse"], view="notices", at=LATER)) == []


def test_days_that_end_before_they_begin_are_said_not_stored():
    w = world()
    number = _pended(w, 1)
    with pytest.raises(DecisionInvalid, match="before the first day"):
        actions.determine(number=number, decisions=[_approve(to_on=date(2026, 12, 1))], by=w["nurse"], at=LATER)
