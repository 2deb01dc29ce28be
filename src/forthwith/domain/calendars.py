"""Calendars: adding hours, calendar days and business days to an instant.

Instants come in aware and go out in UTC; days are counted in the plan's zone.
Holidays are those of the `holidays` library (US federal plus the state's) and
those given by hand. No rule of law lives here: how long an answer may take is
an allowance, and this room only knows how to count it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = timedelta(days=1)
_SATURDAY = 5
_LAST_SECOND = time(23, 59, 59)


class Unit(StrEnum):
    """How a length of time is counted."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"


class UnknownZone(ValueError):
    """No time zone has this name; use an IANA name such as America/New_York."""


class UnknownState(ValueError):
    """No state or territory of the United States has this code; use two letters such as CA."""


_CODES = """
AK AL AR AS AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MP MS MT NC ND NE NH NJ NM
NV NY OH OK OR PA PR RI SC SD TN TX UT VA VI VT WA WI WV WY
"""
STATES = frozenset(_CODES.split())


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of this IANA name. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(f"No time zone is named {name[:60]!r}; use a name such as America/New_York.") from error


@lru_cache(maxsize=4096)
def _official_holidays(state: str | None, year: int) -> frozenset[date]:
    import holidays  # a quarter of a second, and only business days need it

    federal = holidays.country_holidays("US", years=year)
    if state is None:
        return frozenset(federal)
    return frozenset(federal) | frozenset(holidays.country_holidays("US", subdiv=state, years=year))


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Monday to Friday, less the US federal holidays, the state's, and those given by hand."""

    state: str | None = None
    extra: frozenset[date] = frozenset()

    def is_business_day(self, on: date) -> bool:
        """Whether offices are open on this day."""
        return on.weekday() < _SATURDAY and on not in self.extra and on not in _official_holidays(self.state, on.year)

    def after(self, on: date, count: int) -> date:
        """The count-th business day after `on`; `on` itself never counts, so a weekend's next is day 1."""
        day = on
        while count > 0:
            day += _DAY
            if self.is_business_day(day):
                count -= 1
        return day


def business_calendar(state: str | None = None, extra: Iterable[date] = ()) -> BusinessCalendar:
    """The business calendar of a state (None: federal holidays only) with holidays given by hand.

    Raises UnknownState.
    """
    if state is not None and state not in STATES:
        raise UnknownState(f"No state has the code {state!r}; use two capital letters such as CA.")
    return BusinessCalendar(state, frozenset(extra))


def end_of_day(on: date, zone: ZoneInfo) -> datetime:
    """23:59:59 of this day in the zone, as UTC."""
    return datetime.combine(on, _LAST_SECOND, zone).astimezone(UTC)


def count(start: datetime, length: int, unit: Unit, zone: ZoneInfo, calendar: BusinessCalendar) -> datetime:
    """The instant (UTC) at which `length` units after `start` have run out.

    Hours are elapsed hours, whatever the clocks on the wall do. Days end at
    23:59:59 in the zone; the day of `start` is day 0 (CMS Parts C and D
    guidance 10.5.2; weekends and holidays count among calendar days).
    """
    if unit is Unit.HOURS:
        return start.astimezone(UTC) + timedelta(hours=length)
    first = start.astimezone(zone).date()
    if unit is Unit.CALENDAR_DAYS:
        return end_of_day(first + timedelta(days=length), zone)
    return end_of_day(calendar.after(first, length), zone)


def lengthen(due: datetime, length: int, unit: Unit, zone: ZoneInfo, calendar: BusinessCalendar) -> datetime:
    """A deadline moved later: hours elapse, days keep its wall-clock time in the zone (UTC out)."""
    if unit is Unit.HOURS:
        return due + timedelta(hours=length)
    local = due.astimezone(zone)
    if unit is Unit.CALENDAR_DAYS:
        later = local.date() + timedelta(days=length)
    else:
        later = calendar.after(local.date(), length)
    return _at_wall_clock(later, local.time(), zone)


def _at_wall_clock(on: date, wall: time, zone: ZoneInfo) -> datetime:
    """This wall-clock time as UTC; one that a clock change skips means the instant of the change.

    So a later deadline never becomes an earlier one by being moved onto such a day.
    """
    wanted = datetime.combine(on, wall.replace(fold=0, tzinfo=None))
    late = wanted.replace(tzinfo=zone).astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None) == wanted:
        return late
    early = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def return_call_by(
    received_at: datetime, *, opens: time, closes: time, zone: ZoneInfo, calendar: BusinessCalendar
) -> datetime:
    """By when a message is to be returned (UTC): before opening and in office hours, by today's close.

    After hours, on a weekend or a holiday: by the close of the next business day.
    """
    if opens >= closes:
        raise ValueError("An office closes later than it opens.")
    local = received_at.astimezone(zone)
    today = local.date()
    in_time = local.time() < closes and calendar.is_business_day(today)
    on = today if in_time else calendar.after(today, 1)
    return datetime.combine(on, closes, zone).astimezone(UTC)
