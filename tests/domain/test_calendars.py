"""Counting hours, calendar days and business days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from forthwith.domain import calendars
from forthwith.domain.calendars import Unit

NEW_YORK = ZoneInfo("America/New_York")
FEDERAL = calendars.business_calendar()


def count(start: datetime, length: int, unit: Unit, zone: ZoneInfo = NEW_YORK) -> datetime:
    return calendars.count(start, length, unit, zone, FEDERAL).astimezone(zone)


def test_calendar_days_end_with_the_last_second_of_the_last_day() -> None:
    start = datetime(2026, 11, 25, 23, 59, 59, tzinfo=NEW_YORK)
    assert count(start, 7, Unit.CALENDAR_DAYS).isoformat() == "2026-12-02T23:59:59-05:00"


def test_the_day_of_receipt_is_a_day_in_the_plans_zone() -> None:
    start = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)  # still the 25th in New York
    assert count(start, 7, Unit.CALENDAR_DAYS).date() == date(2026, 12, 2)


def test_days_keep_their_length_across_a_clock_change() -> None:
    start = datetime(2026, 10, 30, 12, 0, tzinfo=NEW_YORK)
    assert count(start, 3, Unit.CALENDAR_DAYS).isoformat() == "2026-11-02T23:59:59-05:00"


def test_hours_elapse_whatever_the_wall_shows() -> None:
    spring = datetime(2027, 3, 13, 12, 0, tzinfo=NEW_YORK)
    assert count(spring, 24, Unit.HOURS).isoformat() == "2027-03-14T13:00:00-04:00"


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-25", "2026-12-03"),  # Thanksgiving and a weekend between
        ("2026-11-28", "2026-12-04"),  # a Saturday: Monday is day 1
        ("2026-11-26", "2026-12-03"),  # a holiday: Friday is day 1
        ("2026-12-24", "2027-01-04"),  # Christmas and New Year's Day between
    ],
)
def test_business_days_leave_out_weekends_and_holidays(received: str, expected: str) -> None:
    assert FEDERAL.after(date.fromisoformat(received), 5) == date.fromisoformat(expected)


def test_a_state_adds_its_holidays_to_the_federal_ones() -> None:
    california = calendars.business_calendar("CA")
    assert not california.is_business_day(date(2026, 11, 27)), "the day after Thanksgiving"
    assert FEDERAL.is_business_day(date(2026, 11, 27))
    assert not california.is_business_day(date(2026, 10, 12)), "a federal holiday that California does not list"


def test_holidays_given_by_hand_are_added() -> None:
    bridge = calendars.business_calendar(extra=[date(2026, 11, 27)])
    assert bridge.after(date(2026, 11, 25), 1) == date(2026, 11, 30)


def test_an_observed_holiday_is_a_holiday() -> None:
    assert not FEDERAL.is_business_day(date(2026, 7, 3))


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "America", "../etc/passwd", "nonsense"])
def test_an_unknown_zone_is_refused_by_name(name: str) -> None:
    with pytest.raises(calendars.UnknownZone, match="America/New_York"):
        calendars.zone_of(name)


@pytest.mark.parametrize("code", ["XX", "ca", "California", ""])
def test_an_unknown_state_is_refused(code: str) -> None:
    with pytest.raises(calendars.UnknownState):
        calendars.business_calendar(code)


def test_days_that_lengthen_hours_keep_the_time_on_the_wall() -> None:
    due = datetime(2026, 10, 30, 16, 30, tzinfo=NEW_YORK).astimezone(UTC)
    later = calendars.lengthen(due, 14, Unit.CALENDAR_DAYS, NEW_YORK, FEDERAL)
    assert later.astimezone(NEW_YORK).isoformat() == "2026-11-13T16:30:00-05:00"


def test_a_time_that_the_clock_change_skips_becomes_the_change_itself() -> None:
    due = datetime(2027, 2, 28, 2, 30, tzinfo=NEW_YORK).astimezone(UTC)
    later = calendars.lengthen(due, 14, Unit.CALENDAR_DAYS, NEW_YORK, FEDERAL)
    assert later.astimezone(NEW_YORK).isoformat() == "2027-03-14T03:00:00-04:00"


class TestReturningACall:
    """Messages after hours are returned on the next business day."""

    PHOENIX = ZoneInfo("America/Phoenix")

    def by(self, received: str, *extra: date) -> str:
        found = calendars.return_call_by(
            datetime.fromisoformat(received).replace(tzinfo=self.PHOENIX),
            opens=time(8),
            closes=time(17),
            zone=self.PHOENIX,
            calendar=calendars.business_calendar(extra=extra),
        )
        return found.astimezone(self.PHOENIX).isoformat()

    def test_after_hours_before_a_holiday(self) -> None:
        assert self.by("2026-11-25 17:05") == "2026-11-27T17:00:00-07:00"

    def test_a_tenants_own_holiday_moves_it_on(self) -> None:
        assert self.by("2026-11-25 17:05", date(2026, 11, 27)) == "2026-11-30T17:00:00-07:00"

    def test_in_office_hours_it_is_today(self) -> None:
        assert self.by("2026-11-25 16:59") == "2026-11-25T17:00:00-07:00"

    def test_on_a_holiday_it_is_the_next_business_day(self) -> None:
        assert self.by("2026-11-26 10:00") == "2026-11-27T17:00:00-07:00"

    def test_hours_the_wrong_way_round_are_refused(self) -> None:
        with pytest.raises(ValueError, match="closes later"):
            calendars.return_call_by(
                datetime(2026, 11, 25, tzinfo=UTC),
                opens=time(17),
                closes=time(8),
                zone=self.PHOENIX,
                calendar=FEDERAL,
            )
