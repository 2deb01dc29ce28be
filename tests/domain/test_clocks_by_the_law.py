"""The law's times written down a second time, as plain arithmetic, and compared with the clocks over many cases.

Nothing of `allowances` or `calendars` is used for what is expected: a slip in the data or in the counting shows here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import product
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import holidays
import pytest

from forthwith.domain import clocks
from forthwith.domain.words import ItemClass, LineOfBusiness, Timing, Urgency
from tests.domain.clock_cases import book

ZONES = {None: "America/New_York", "CA": "America/Los_Angeles", "NY": "America/New_York", "AZ": "America/Phoenix", "ME": "America/New_York", "TX": "America/Chicago"}  # fmt: skip
RECEIVED = (
    "2026-11-25T10:00:00", "2025-12-31T23:59:59", "2026-01-01T00:00:00", "2026-06-30T23:59:59", "2026-07-01T00:00:00",
    "2026-10-30T12:00:00", "2027-03-12T02:30:00", "2028-02-26T09:00:00", "2026-12-30T23:59:59", "2026-11-28T08:00:00",
    "2026-11-26T00:00:00", "2024-02-25T17:00:00", "2026-11-01T01:30:00", "2027-03-14T01:59:59",
)  # fmt: skip
ASKED_AFTER, ANSWERED_AFTER = (0, 1, 20, 24, 25, 100, 200, 400), (0, 1, 30, 60, 300, 1200)
MA, MEDICAID, COMMERCIAL = LineOfBusiness.MEDICARE_ADVANTAGE, LineOfBusiness.MEDICAID, LineOfBusiness.COMMERCIAL


@cache
def closed(state: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.US(years=year)) | frozenset(holidays.US(subdiv=state, years=year))


class Told(NamedTuple):
    """One case, in plain values."""

    lob: str
    item: str
    is_urgent: bool
    timing: str
    state: str | None
    accredited: bool
    extended: bool
    levels: bool
    received: datetime
    asked: datetime | None
    answered: datetime | None
    extra: frozenset[date]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(ZONES[self.state])

    def hours(self, start: datetime, count: int) -> datetime:
        return start.astimezone(UTC) + timedelta(hours=count)

    def days(self, start: datetime, count: int) -> datetime:
        day = start.astimezone(self.zone).date() + timedelta(days=count)
        return datetime.combine(day, time(23, 59, 59), self.zone).astimezone(UTC)

    def business_days(self, start: datetime, count: int) -> datetime:
        day = start.astimezone(self.zone).date()
        while count:
            day += timedelta(days=1)
            count -= not (day in closed(self.state, day.year) or day.weekday() > 4 or day in self.extra)
        return datetime.combine(day, time(23, 59, 59), self.zone).astimezone(UTC)

    def later(self, due: datetime, days: int) -> datetime:
        local = due.astimezone(self.zone).replace(tzinfo=None) + timedelta(days=days)
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def federal(t: Told) -> tuple[datetime | None, int, bool]:
    """The federal due before any extension, by how many days it may grow, and whether asking was its extension."""
    week = 7 if t.received.astimezone(t.zone).date() >= date(2026, 1, 1) else 14
    after_care = t.timing == "post_service"
    if t.lob == MA:
        if after_care:
            return t.days(t.received, 60), 0, False
        if t.item == "part_b_drug":
            return t.hours(t.received, 24 if t.is_urgent else 72), 0, False
        return (t.hours(t.received, 72) if t.is_urgent else t.days(t.received, week)), 14, False
    if t.lob == MEDICAID:
        if after_care:
            return None, 0, False
        if t.item == "outpatient_drug":
            return t.hours(t.received, 24), 0, False
        return (t.hours(t.received, 72) if t.is_urgent else t.days(t.received, week)), 14, False
    return erisa_urgent(t) if t.is_urgent else erisa(t, 30 if after_care else 15)


def erisa_urgent(t: Told) -> tuple[datetime, int, bool]:
    if t.timing == "concurrent":
        return t.hours(t.received, 24), 0, False
    if t.asked and t.asked <= t.hours(t.received, 24):
        supplied = min(t.answered or t.hours(t.asked, 48), t.hours(t.asked, 48))
        return t.hours(supplied, 48), 0, False
    return t.hours(t.received, 72), 0, False


def erisa(t: Told, days: int) -> tuple[datetime, int, bool]:
    base = t.days(t.received, days)
    if not t.asked or t.asked > base:
        return base, 15, False
    resumed = min(t.answered or t.days(t.asked, 45), t.days(t.asked, 45))
    paused = (resumed.astimezone(t.zone).date() - t.asked.astimezone(t.zone).date()).days
    return min(t.days(t.received, days + 15 + paused), max(base, t.days(resumed, 15))), 0, True


def state_dues(t: Told) -> Iterator[datetime]:
    if t.lob == MA:
        return
    after_care = t.timing == "post_service"
    start = t.answered if t.asked and t.state in ("CA", "NY") else t.received
    if start is None:
        return
    if t.state == "CA":
        urgent = t.hours(start, 72)
        yield t.days(start, 30) if after_care else urgent if t.is_urgent else t.business_days(start, 5)
    if t.state == "NY":
        yield t.days(start, 30) if after_care else t.business_days(start, 1 if t.timing == "concurrent" else 3)
    if t.state == "AZ" and not after_care:
        yield t.days(start, 5 if t.is_urgent else 14)
    if t.state == "ME" and not after_care:
        yield from (t.hours(start, 72), t.business_days(start, 2))


def accreditor(t: Told) -> datetime:
    public = t.lob != COMMERCIAL
    if t.timing == "post_service":
        days, more = 30, 15
    elif t.is_urgent:
        days, more = (1, 0) if t.timing == "concurrent" and not public else (3, 14 if public else 2)
    else:
        days = 7 if t.received.astimezone(t.zone).date() >= date(2026, 7, 1) else 15
        more = 14 if public else 15
    return t.days(t.received, days + (more if t.extended else 0))


def expected(t: Told) -> datetime | None | str:
    """The governing due; "refused" where the law gives no extension."""
    due, may_grow, asked_for_it = federal(t)
    if t.extended and not may_grow and not asked_for_it:
        return "refused"
    extended = asked_for_it or t.extended
    dues = [] if due is None else [t.later(due, may_grow) if t.extended and may_grow else due]
    dues += state_dues(t)
    if t.accredited:
        dues.append(accreditor(t))
    if t.levels and not extended and t.timing != "post_service":
        dues.append(t.hours(t.received, 72) if t.is_urgent else t.business_days(t.received, 5))
    return min(dues, default=None)


def reckoned(t: Told) -> datetime | None | str:
    case = clocks.Case(
        lob=LineOfBusiness(t.lob), item=ItemClass(t.item), timing=Timing(t.timing), zone=ZONES[t.state],
        urgency=Urgency.EXPEDITED if t.is_urgent else Urgency.STANDARD, state=t.state, accredited=t.accredited,
        service_levels=("ca_5bd", "expedited_72h") if t.levels else (), holidays=tuple(t.extra),
    )  # fmt: skip
    moments = clocks.Moments(
        received_at=t.received, information_asked_at=t.asked, information_received_at=t.answered,
        extended_at=t.received if t.extended else None,
    )  # fmt: skip
    try:
        governing = clocks.reckon(case, moments, book()).governing
    except clocks.ExtensionRefused:
        return "refused"
    return governing.due_at if governing else None


def cases(state: str | None) -> Iterator[Told]:
    """Every kind of request, each with dice for receipt, questions, promises and holidays."""
    dice = random.Random(f"by the law of {state}")
    kinds: Any = product(LineOfBusiness, ItemClass, (False, True), Timing, (False, True), (False, True), (0, 1, 2))
    for lob, item, is_urgent, timing, accredited, extended, told in kinds:
        if (is_urgent and timing == "post_service") or dice.random() < 0.5:
            continue
        received = datetime.fromisoformat(dice.choice(RECEIVED)).replace(tzinfo=ZoneInfo(ZONES[state]))
        asked = received.astimezone(UTC) + timedelta(hours=dice.choice(ASKED_AFTER)) if told else None
        answered = asked + timedelta(hours=dice.choice(ANSWERED_AFTER)) if asked and told == 2 else None
        extra = frozenset({date(2026, 11, 27), date(2026, 12, 1)}) if dice.random() < 0.5 else frozenset()
        levels = dice.random() < 0.3
        yield Told(lob, item, is_urgent, timing, state, accredited, extended, levels, received, asked, answered, extra)


@pytest.mark.parametrize("state", ZONES)
def test_every_kind_of_request_is_due_when_the_law_says(state: str | None) -> None:
    wrong = [(told, want, got) for told in cases(state) if (want := expected(told)) != (got := reckoned(told))]
    assert not wrong, wrong[0]
