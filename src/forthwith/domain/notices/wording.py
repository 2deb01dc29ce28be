"""How dates, moments, counts and names are written in a letter (English, United States)."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_COUNTS = (
    "none",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)
_ZONES = {
    "America/New_York": "ET", "America/Detroit": "ET", "America/Chicago": "CT", "America/Denver": "MT",
    "America/Boise": "MT", "America/Phoenix": "MST", "America/Los_Angeles": "PT", "America/Anchorage": "AKT",
    "Pacific/Honolulu": "HST", "America/Puerto_Rico": "AST",
}  # fmt: skip


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(instant: datetime, zone: str) -> datetime:
    """The instant on the plan's wall clock."""
    return instant.astimezone(_zone(zone))


def day(on: date) -> str:
    """November 23, 2026."""
    return f"{_MONTHS[on.month - 1]} {on.day}, {on.year}"


def short_day(on: date) -> str:
    """Nov 23, 2026: in tables."""
    return f"{_MONTHS[on.month - 1][:3]} {on.day}, {on.year}"


def moment(instant: datetime, zone: str) -> str:
    """November 18, 2026, 6:20 am ET: on the plan's wall clock."""
    there = local(instant, zone)
    half = "am" if there.hour < 12 else "pm"
    name = _ZONES.get(zone) or there.tzname() or zone
    return f"{day(there)}, {there.hour % 12 or 12}:{there.minute:02d} {half} {name}"


def count(n: int) -> str:
    """Small numbers as words."""
    return _COUNTS[n] if 0 <= n < len(_COUNTS) else str(n)


def quantity(n: int, unit: str) -> str:
    """12 visits, 1 visit, or the bare number where there is no unit."""
    if not unit:
        return str(n)
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"


def listed(names: list[str]) -> str:
    """a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
