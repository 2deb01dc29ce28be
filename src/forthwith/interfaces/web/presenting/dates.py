"""Dates and times as people read them, always in the plan's own zone and with its letters.

`Mon, Nov 30, 11:59 pm ET` is a moment, `November 30, 2026` a day. A time without a zone is never shown alone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LETTERS = {
    "EST": "ET", "EDT": "ET", "CST": "CT", "CDT": "CT", "PST": "PT", "PDT": "PT",
    "AKST": "AKT", "AKDT": "AKT", "HST": "HT",
}  # fmt: skip


def zone_letters(zone: str, at: datetime) -> str:
    """`ET` for New York in summer and winter; Arizona, which keeps standard time, stays `MST`."""
    name = at.astimezone(ZoneInfo(zone)).tzname() or ""
    if name in ("MST", "MDT"):
        return "MST" if zone == "America/Phoenix" else "MT"
    return LETTERS.get(name, name)


def clock_time(at: datetime, zone: str) -> str:
    """`11:59 pm`"""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def day(on: date) -> str:
    """`November 30, 2026`"""
    return f"{on:%B} {on.day}, {on.year}"


def short_day(on: date) -> str:
    """`Nov 30`"""
    return f"{on:%b} {on.day}"


def local_date(at: datetime, zone: str) -> date:
    """The calendar day on which `at` falls in the zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def moment(at: datetime, zone: str) -> str:
    """`Mon, Nov 30, 11:59 pm ET`: short, for tables and clocks."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a}, {short_day(local.date())}, {clock_time(at, zone)} {zone_letters(zone, at)}"


def long_moment(at: datetime, zone: str, *, now: datetime | None = None) -> str:
    """`Monday, November 30, 11:59 pm ET`, with the year when it is not this one."""
    local = at.astimezone(ZoneInfo(zone))
    year = f", {local.year}" if now and local.year != local_date(now, zone).year else ""
    return f"{local:%A}, {local:%B} {local.day}{year}, {clock_time(at, zone)} {zone_letters(zone, at)}"


def nearby(at: datetime, zone: str, *, now: datetime) -> str:
    """`Today, 8:12 am`, `Yesterday, 3:40 pm`, else `Friday, November 20, 3:40 pm`."""
    on, today = local_date(at, zone), local_date(now, zone)
    time = clock_time(at, zone)
    if on == today:
        return f"Today, {time}"
    if on == today - timedelta(days=1):
        return f"Yesterday, {time}"
    year = f", {on.year}" if on.year != today.year else ""
    return f"{on:%A}, {on:%B} {on.day}{year}, {time}"


def short_due(at: datetime, zone: str, *, now: datetime) -> str:
    """Beside a small clock: `today 4:29 pm ET`, `Fri 11:59 pm ET` within the week, further off the day alone."""
    on, today = local_date(at, zone), local_date(now, zone)
    time = f"{clock_time(at, zone)} {zone_letters(zone, at)}"
    if on == today:
        return f"today {time}"
    if today < on < today + timedelta(days=7):
        return f"{on:%a} {time}"
    return f"{on:%a}, {short_day(on)}"


def length(span: timedelta) -> str:
    """`5 d 2 h`, `3 h 36 m`, `36 m`: the two largest units, never negative."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} m" if minutes else f"{hours} h"
    return f"{minutes} m"


def period(start: date | None, end: date | None) -> str:
    """`December 7, 2026 to March 7, 2027`; one day alone when both are the same."""
    if start is None:
        return "No date given"
    if end is None or end == start:
        return day(start)
    return f"{day(start)} to {day(end)}"


def short_period(start: date | None, end: date | None) -> str:
    """`Dec 7 – Mar 7` for a table cell."""
    if start is None:
        return "–"
    if end is None or end == start:
        return short_day(start)
    return f"{short_day(start)} – {short_day(end)}"


def age(born_on: date, *, on: date) -> int:
    """Whole years of age on a day."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
