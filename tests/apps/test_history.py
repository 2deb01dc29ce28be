"""Facts from history: sessions are counted from approved care, by region, in a rolling year, whoever asked."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.models import Line
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.words import Outcome
from tests.factories import AT, MEETS, asked, line, world

pytestmark = pytest.mark.django_db
FIRST = date(2026, 12, 7)
REPEAT = {"relief_percent": "60", "relief_months": "3"}


def outcomes(w, *lines, at=AT, **answers) -> list[str]:
    """The outcomes of a request for these lines, answered as one that meets everything."""
    told = {key: value for key, value in {**MEETS, **answers}.items() if value is not None}
    number = actions.submit(asked=asked(w, *lines, answers=told), by=w["coordinator"], at=at).number
    return list(
        Line.objects.filter(authorization__number=number).order_by("sequence").values_list("outcome", flat=True)
    )


def counted() -> object:
    """What the newest line's trace says of the count, and who said so."""
    trace = Line.objects.order_by("id").last().criteria
    return next((one["value"], one["source"]) for one in trace["leaves"] if one["fact"].startswith("history."))


def test_the_ledger_stands_above_an_office_that_says_none():
    w = world()
    assert outcomes(w) == [Outcome.CERTIFIED]
    assert outcomes(w) == [Outcome.PENDED]
    assert counted() == (1, "history")
    assert outcomes(w, **REPEAT) == [Outcome.CERTIFIED]


def test_another_region_has_its_own_count_and_a_region_left_out_hides_none():
    w = world()
    outcomes(w)
    assert outcomes(w, region="cervical") == [Outcome.CERTIFIED]
    assert outcomes(w, region=None) == [Outcome.PENDED]
    assert counted() == (2, "history")


@pytest.mark.parametrize(
    ("on", "sessions"),
    [(date(2027, 12, 6), 1), (date(2027, 12, 7), 0), (date(2026, 12, 7), 1), (date(2026, 12, 1), 1)],
)
def test_the_same_day_a_year_later_no_longer_counts(on, sessions):
    w = world()
    outcomes(w, line(from_on=FIRST))
    later = max(AT, AT + timedelta(days=(on - FIRST).days))
    assert outcomes(w, line(from_on=on), at=later) == [Outcome.PENDED if sessions else Outcome.CERTIFIED]
    assert counted()[0] == sessions


def test_the_day_after_a_leap_day_counts_by_the_month():
    w = world()
    leap = date(2028, 2, 29)
    at = AT + timedelta(days=(leap - FIRST).days)
    outcomes(w, line(from_on=leap), at=at)
    year = timedelta(days=366)
    assert outcomes(w, line(from_on=date(2029, 2, 27)), at=at + year) == [Outcome.PENDED]
    assert outcomes(w, line(from_on=date(2029, 2, 28)), at=at + year) == [Outcome.PENDED]
    assert outcomes(w, line(from_on=date(2029, 3, 1)), at=at + year) == [Outcome.CERTIFIED]


def test_what_is_asked_at_once_is_counted_too():
    w = world()
    lines = [line(number, from_on=FIRST + timedelta(days=number)) for number in range(1, 4)]
    assert outcomes(w, *lines) == [Outcome.CERTIFIED, Outcome.PENDED, Outcome.PENDED]


def test_the_further_level_belongs_to_the_session_of_its_day():
    w = world()
    assert outcomes(w, line(1, "SVC:ESI-TF1"), line(2, "SVC:ESI-TF2")) == [Outcome.CERTIFIED, Outcome.CERTIFIED]
    assert counted() == (0, "history")
    assert outcomes(w, line(1, "SVC:ESI-TF2")) == [Outcome.CERTIFIED]
    assert outcomes(w, line(1, "SVC:ESI-TF2", from_on=FIRST + timedelta(days=1))) == [Outcome.PENDED]
    assert outcomes(w, line(1, "SVC:ESI-TF1")) == [Outcome.PENDED]


def test_a_fifth_session_in_a_year_goes_to_a_person():
    w = world()
    given = [outcomes(w, line(from_on=FIRST + timedelta(days=70 * n)), **REPEAT)[0] for n in range(5)]
    assert given == [Outcome.CERTIFIED] * 4 + [Outcome.PENDED]


def test_care_of_others_and_care_that_was_not_approved_do_not_count():
    w = world()
    outcomes(w, pain_weeks="2")
    other = world("harborlight", rules="harborlight")
    outcomes(other)
    assert outcomes(w) == [Outcome.CERTIFIED]


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_do_not_each_find_an_empty_ledger():
    """The second waits for the end of the first, and then sees its care."""
    with transaction.atomic():
        w = world()
    done = threading.Event()
    found: list[list[str]] = []

    def second() -> None:
        try:
            with scoped([w.tenant.id]):
                found.append(outcomes(w, line(from_on=FIRST + timedelta(days=1))))
        finally:
            connection.close()
            done.set()

    thread = threading.Thread(target=second)
    with scoped([w.tenant.id]):
        assert outcomes(w) == [Outcome.CERTIFIED]
        thread.start()
        assert not done.wait(0.3)
    thread.join(30)
    assert found == [[Outcome.PENDED]]
