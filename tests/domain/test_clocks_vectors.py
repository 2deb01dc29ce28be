"""Golden vectors: worked examples of the law's times, with Thanksgiving 2026-11-26 as the holiday."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest

from forthwith.domain import allowances, clocks
from forthwith.domain.words import LineOfBusiness
from tests.domain.clock_cases import THANKSGIVING, at, book, case, documents, due, one, reckon

FIVE_DAYS = {"service_levels": ("ca_5bd",), "holidays": (THANKSGIVING,)}
END = "23:59:59 -0500"


@pytest.mark.parametrize(
    ("received", "business", "calendar"),
    [
        ("2026-11-25 10:00", "2026-12-03", "2026-12-02"),
        ("2026-11-23 10:00", "2026-12-01", "2026-11-30"),
        ("2026-11-30 10:00", "2026-12-07", "2026-12-07"),
    ],
)
def test_five_business_days_against_seven_calendar_days(received: str, business: str, calendar: str) -> None:
    clock = reckon(received, **FIVE_DAYS)
    assert due(clock, "ca_5bd") == f"{business} {END}"
    assert due(clock, "ma_standard") == f"{calendar} {END}"
    assert due(clock) == f"{calendar} {END}"


def test_an_extension_of_fourteen_days_ends_the_service_level() -> None:
    clock = reckon("2026-11-25 10:00", moments={"extended_at": "2026-12-01 09:00"}, **FIVE_DAYS)
    assert due(clock) == f"2026-12-16 {END}"
    assert not one(clock, "ca_5bd").governs
    assert "stops governing" in one(clock, "ca_5bd").note


def test_part_b_drug_runs_through_the_weekend() -> None:
    clock = reckon("2026-11-27 16:30", item="part_b_drug")
    assert due(clock) == "2026-11-30 16:30:00 -0500"


def test_seventy_two_hours_across_the_end_of_daylight_time() -> None:
    clock = reckon("2026-10-30 12:00", urgency="expedited")
    assert due(clock) == "2026-11-02 11:00:00 -0500"


def test_part_b_drug_expedited_in_arizona() -> None:
    zone = "America/Phoenix"
    clock = reckon("2026-11-27 23:59", item="part_b_drug", urgency="expedited", zone=zone, state="AZ")
    assert due(clock, zone=zone) == "2026-11-28 23:59:00 -0700"


@pytest.mark.parametrize(
    ("received", "more", "expected"),
    [
        # 72 hours over the start of daylight time end an hour later on the wall; days do not mind.
        ("2027-03-12 12:00", {"urgency": "expedited"}, "2027-03-15 13:00:00 -0400"),
        ("2027-03-12 12:00", {}, "2027-03-19 23:59:59 -0400"),
        ("2026-10-30 12:00", {}, "2026-11-06 23:59:59 -0500"),
        # The hour that the wall shows twice: 1:30 is meant by its offset.
        ("2026-10-31 01:30", {"item": "part_b_drug", "urgency": "expedited"}, "2026-11-01 01:30:00 -0400"),
        # Leap day, the turn of the year, the first and the last second of a day.
        ("2028-02-28 23:59:59", {"item": "part_b_drug", "urgency": "expedited"}, "2028-02-29 23:59:59 -0500"),
        ("2028-02-22 08:00", {}, "2028-02-29 23:59:59 -0500"),
        ("2026-12-30 23:59:59", {}, "2027-01-06 23:59:59 -0500"),
        ("2026-12-31 00:00:00", {}, "2027-01-07 23:59:59 -0500"),
        ("2026-11-28 08:00", {}, "2026-12-05 23:59:59 -0500"),
        # Law of the day of receipt in the plan's zone.
        ("2025-12-31 23:59:59", {}, "2026-01-14 23:59:59 -0500"),
        ("2026-01-01 00:00:00", {}, "2026-01-08 23:59:59 -0500"),
    ],
)
def test_odd_days_and_hours(received: str, more: dict[str, str], expected: str) -> None:
    assert due(reckon(received, **more)) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-28 08:00", "2026-12-04 23:59:59 -0500"),  # Saturday: Monday is day 1
        ("2026-11-26 09:00", "2026-12-03 23:59:59 -0500"),  # a holiday: Friday is day 1
        ("2026-12-24 23:59:59", "2027-01-04 23:59:59 -0500"),  # Christmas and New Year between
        ("2026-11-30 00:00:00", "2026-12-07 23:59:59 -0500"),
    ],
)
def test_business_days_begin_with_the_next(received: str, expected: str) -> None:
    assert due(reckon(received, **FIVE_DAYS), "ca_5bd") == expected


def test_a_phoenix_plan_knows_no_daylight_time() -> None:
    phoenix = {"zone": "America/Phoenix", "urgency": "expedited"}
    assert due(reckon("2026-10-30 12:00", **phoenix), zone="America/Phoenix") == "2026-11-02 12:00:00 -0700"
    assert due(reckon("2027-03-12 12:00", **phoenix), zone="America/Phoenix") == "2027-03-15 12:00:00 -0700"


def test_a_receipt_is_of_the_day_that_the_plan_has() -> None:
    """Half past eleven at night in Los Angeles is the next day in New York, and the new law's first."""
    received = at("2025-12-31 23:30", "America/Los_Angeles")
    for zone, expected in (("America/Los_Angeles", "2026-01-14"), ("America/New_York", "2026-01-08")):
        clock = clocks.reckon(case(zone=zone), clocks.Moments(received_at=received), book())
        found = due(clock, zone=zone)
        assert found is not None and found.startswith(f"{expected} 23:59:59")


def test_medicare_advantage_appeal() -> None:
    window = clocks.appeal_by(date(2026, 11, 23), LineOfBusiness.MEDICARE_ADVANTAGE, book())
    assert window.last_on == date(2027, 1, 27)
    assert (window.days, window.citation) == (65, "42 CFR 422.582(b)")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("remaining", "2026-12-23"), ("fresh_15", "2026-12-16"), ("earlier", "2026-12-16")],
)
def test_erisa_pause_for_information(mode: str, expected: str) -> None:
    pages = [deepcopy(page) for page in documents() if page["document"] == "erisa"]
    for rule in pages[0]["rules"]:
        if rule["id"] == "erisa_pre_service":
            rule["toll"] = rule["toll"] | {"mode": mode}
    moments = {
        "information_asked_at": "2026-11-10 10:00",
        "information_received_at": "2026-12-01 10:00",
    }
    clock = reckon("2026-11-02 10:00", "commercial", moments=moments, by=allowances.read_book(pages))
    assert due(clock) == f"{expected} {END}"


def test_the_shipped_book_takes_the_earlier_of_the_two() -> None:
    moments = {
        "information_asked_at": "2026-11-10 10:00",
        "information_received_at": "2026-12-01 10:00",
    }
    assert due(reckon("2026-11-02 10:00", "commercial", moments=moments)) == f"2026-12-16 {END}"


def test_the_instants_are_utc() -> None:
    clock = reckon("2026-11-25 10:00")
    assert clock.governing is not None and clock.governing.due_at is not None
    assert clock.governing.due_at.isoformat() == "2026-12-03T04:59:59+00:00"
    assert clock.governing.started_at == at("2026-11-25 10:00")
