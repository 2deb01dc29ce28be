"""How clocks, dates, statuses and lines read on a page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forthwith.domain.words import Outcome, Requirement
from forthwith.domain.words import Status as Words
from forthwith.interfaces.provider_portal.presenters.authorization import headline, paragraphs
from forthwith.interfaces.web.presenting import clock, dates, line, status

NY = "America/New_York"
RECEIVED = datetime(2026, 11, 18, 11, 20, tzinfo=UTC)  # 6:20 am in New York
DUE = datetime(2026, 11, 26, 4, 59, 59, tzinfo=UTC)  # Wed, Nov 25, 11:59:59 pm


def test_a_calendar_clock_fills_from_the_day_after_receipt() -> None:
    at = datetime(2026, 11, 23, 13, 12, tzinfo=UTC)
    drawn = clock.draw(started_at=RECEIVED, due_at=DUE, allowance="7 calendar days", zone=NY, at=at)
    assert drawn.units == 7
    assert drawn.gone == pytest.approx(4.34, abs=0.01)
    assert (drawn.left, drawn.due, drawn.tone) == (
        "2 d 15 h left",
        "Wed 11:59 pm ET",
        "calm",
    )


@pytest.mark.parametrize(("hours", "cells"), [(72, 3), (24, 6), (48, 2), (2, 1)])
def test_a_clock_in_hours_runs_from_the_minute_of_receipt(hours: int, cells: int) -> None:
    due = RECEIVED + timedelta(hours=hours)
    half = RECEIVED + timedelta(hours=hours / 2)
    drawn = clock.draw(started_at=RECEIVED, due_at=due, allowance=f"{hours} hours", zone=NY, at=half)
    assert drawn.units == cells
    assert drawn.gone == pytest.approx(cells / 2)


def test_the_last_hours_are_soon_and_what_follows_is_late() -> None:
    def drawn(at: datetime) -> clock.Clock:
        return clock.draw(started_at=RECEIVED, due_at=DUE, allowance="7 calendar days", zone=NY, at=at)

    assert drawn(DUE - timedelta(hours=3, minutes=36)).left == "3 h 36 m left"
    assert drawn(DUE - timedelta(hours=3)).tone == "soon"
    assert drawn(DUE + timedelta(hours=2)).left == "2 h late"
    assert drawn(DUE + timedelta(hours=2)).tone == "late"


def test_a_decided_clock_says_how_long_it_took() -> None:
    done = RECEIVED + timedelta(days=5, hours=2)
    drawn = clock.draw(
        started_at=RECEIVED,
        due_at=DUE,
        allowance="7 calendar days",
        zone=NY,
        at=DUE,
        done_at=done,
    )
    assert (drawn.left, drawn.due, drawn.tone) == ("Decided", "in 5 d 2 h", "done")


@given(
    st.integers(0, 60 * 24 * 40),
    st.sampled_from(["7 calendar days", "72 hours", "15 calendar days", "24 hours"]),
)
def test_a_clock_never_draws_outside_its_cells(minutes: int, allowance: str) -> None:
    drawn = clock.draw(
        started_at=RECEIVED,
        due_at=DUE,
        allowance=allowance,
        zone=NY,
        at=RECEIVED + timedelta(minutes=minutes),
    )
    assert 0 <= drawn.gone <= drawn.units


def test_a_document_without_a_due_time_draws_nothing() -> None:
    assert clock.draw_document({}, zone=NY, at=DUE) is None


def test_the_days_of_a_clock_that_would_start_now() -> None:
    days = clock.days_until(
        datetime(2026, 12, 1, 4, 59, tzinfo=UTC),
        from_at=RECEIVED + timedelta(days=5),
        zone=NY,
    )
    assert [day.date for day in days] == ["24", "25", "26", "27", "28", "29", "30"]
    assert days[0].is_first
    assert days[-1].is_due


@pytest.mark.parametrize(
    ("zone", "month", "letters"),
    [
        (NY, 1, "ET"),
        (NY, 7, "ET"),
        ("America/Los_Angeles", 7, "PT"),
        ("America/Phoenix", 7, "MST"),
        ("America/Denver", 7, "MT"),
    ],
)
def test_zone_letters(zone: str, month: int, letters: str) -> None:
    assert dates.zone_letters(zone, datetime(2026, month, 1, tzinfo=UTC)) == letters


def test_a_moment_reads_with_its_zone() -> None:
    assert dates.moment(DUE, NY) == "Wed, Nov 25, 11:59 pm ET"
    assert dates.nearby(RECEIVED, NY, now=RECEIVED + timedelta(days=1)) == "Yesterday, 6:20 am"
    assert dates.age(date(1951, 3, 14), on=date(2026, 3, 13)) == 74


def test_every_word_that_people_see_is_drawn() -> None:
    assert [status.status_for(word.value).word for word in Words] == [word.value for word in Words]
    assert all(status.status_of_outcome(outcome) for outcome in Outcome)
    assert all(status.status_of_need(need) for need in Requirement)
    with pytest.raises(KeyError):
        status.status_for("In review")


def test_a_line_shows_plain_units_and_its_key_with_a_hyphen() -> None:
    shown = line.line(
        service="SVC:ESI-TF1", text="Injection", outcome="modified",
        requested=Decimal("2.000"), approved=Decimal("1.000"), unit="sessions",
    )  # fmt: skip
    assert (shown.code, shown.requested, shown.approved, shown.unit_word) == (
        "SVC-ESI-TF1",
        "2",
        "1",
        "sessions",
    )
    assert shown.share == (1, 2)
    assert line.unit_word(1, "sessions") == "session"


@pytest.mark.parametrize(
    ("status_", "outcomes", "said"),
    [
        ("Approved", ["certified", "certified"], "All two services are approved"),
        ("Approved", ["certified", "cancelled"], "The service is approved"),
        ("Approved", ["certified", "not_required"], "The service is approved"),
        ("Denied", ["not_certified", "not_required"], "The service is not approved"),
        ("Partially Approved", ["certified", "not_certified", "cancelled"], "One of two services is approved"),
    ],
)
def test_the_answer_counts_only_what_was_decided(status_: str, outcomes: list[str], said: str) -> None:
    assert headline(status_, outcomes) == said


def test_what_another_owner_decides_says_whom_to_ask() -> None:
    owner = {"kind": "other_owner", "owner": "The member's health plan"}
    lines = [SimpleNamespace(outcome="contact_payer", requirement=owner)]
    assert headline("Received", ["contact_payer"]) == "Somebody else decides on this"
    assert paragraphs(SimpleNamespace(status="Received", state="received"), lines) == (
        "Contact the member's health plan. Keep the reference number as proof that you asked.",
    )
