"""The decision clock as it is drawn: cells, how many are gone, what is left, and by when.

One cell is one unit of the limit: a day, or four hours of a 24-hour limit. Calendar days count from the day
after receipt and end at 11:59 pm on the last one, so their first cell begins to fill that day; limits in hours
run from the minute of receipt. Nothing here decides a due time: it comes from `domain.clocks`, stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from forthwith.interfaces.web.presenting import dates

SOON = timedelta(hours=8)
SOON_SHARE = 0.2
MOST_CELLS = 31


@dataclass(frozen=True, slots=True)
class Clock:
    """What `{% clock %}` draws. `units` cells, `gone` of them filled; texts in words."""

    units: int
    gone: float
    left: str
    due: str
    tone: str
    paused: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of the clock before it starts."""

    name: str
    date: str
    is_first: bool
    is_due: bool


def read_moment(value: datetime | str | None) -> datetime | None:
    """A moment of a stored clock document (ISO 8601 with offset) or of a row."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value)


def cells_of(allowance: str, start: datetime, due: datetime, zone: str) -> tuple[int, datetime]:
    """How many cells, and when the first begins to fill."""
    hours = re.match(r"(\d+) (?:elapsed )?hours?", allowance)
    if hours:
        count = int(hours.group(1))
        return (max(1, count // 4) if count <= 24 else max(1, round(count / 24))), start
    first = dates.local_date(start, zone) + timedelta(days=1)
    last = max(dates.local_date(due, zone), first)
    units = min((last - first).days + 1, MOST_CELLS)
    begin = last - timedelta(days=units - 1)
    return units, datetime.combine(begin, time(0), ZoneInfo(zone))


def _gone(begin: datetime, due: datetime, units: int, at: datetime) -> float:
    whole = (due - begin).total_seconds() or 1.0
    return max(0.0, min(float(units), units * (at - begin).total_seconds() / whole))


def draw(
    *,
    started_at: datetime,
    due_at: datetime,
    allowance: str,
    zone: str,
    at: datetime,
    done_at: datetime | None = None,
    done_word: str = "Decided",
    paused_since: datetime | None = None,
) -> Clock:
    """The clock of a request or a line at the moment `at` (all moments aware; shown in `zone`)."""
    units, begin = cells_of(allowance, started_at, due_at, zone)
    if done_at is not None:
        gone = _gone(begin, due_at, units, done_at)
        took = dates.length(done_at - started_at)
        return Clock(units, gone, done_word, "at once" if took == "0 m" else f"in {took}", "done")
    gone = _gone(begin, due_at, units, at)
    if paused_since is not None:
        since = _gone(begin, due_at, units, paused_since)
        words = f"since {dates.short_day(dates.local_date(paused_since, zone))}"
        return Clock(units, since, "Paused", words, "calm", (since, gone))
    if at > due_at:
        return Clock(
            units,
            float(units),
            f"{dates.length(at - due_at)} late",
            _since(due_at, zone, at),
            "late",
        )
    left = due_at - at
    soon = left < SOON or left < (due_at - started_at) * SOON_SHARE
    due = dates.short_due(due_at, zone, now=at)
    return Clock(units, gone, f"{dates.length(left)} left", due, "soon" if soon else "calm")


def _since(due_at: datetime, zone: str, at: datetime) -> str:
    on = dates.local_date(due_at, zone)
    today = on == dates.local_date(at, zone)
    return f"since {dates.clock_time(due_at, zone) if today else dates.short_day(on)}"


def draw_document(
    document: Mapping[str, Any],
    *,
    zone: str,
    at: datetime,
    done_at: datetime | None = None,
    done_word: str = "Decided",
    paused_since: datetime | None = None,
) -> Clock | None:
    """The clock from a stored clock document; None where no rule governs."""
    due_at, started_at = (
        read_moment(document.get("due_at")),
        read_moment(document.get("started_at")),
    )
    if due_at is None or started_at is None:
        return None
    return draw(
        started_at=started_at, due_at=due_at, allowance=str(document.get("allowance", "")), zone=zone, at=at,
        done_at=done_at, done_word=done_word, paused_since=paused_since,
    )  # fmt: skip


def days_until(due_at: datetime, *, from_at: datetime, zone: str) -> Sequence[Day]:
    """The cells of a limit in days that would start now: at most 15, one a calendar day."""
    today, last = dates.local_date(from_at, zone), dates.local_date(due_at, zone)
    first = today + timedelta(days=1) if last > today else today
    first = max(first, last - timedelta(days=14))
    return [_day(first + timedelta(days=i), first, last) for i in range((last - first).days + 1)]


def _day(on: date, first: date, last: date) -> Day:
    return Day(name=f"{on:%a}", date=str(on.day), is_first=on == first, is_due=on == last)


def allowance_between(started_at: datetime, due_at: datetime, zone: str) -> str:
    """The kind of limit that two moments show: due at the last second of a day means days, else hours.

    For lists, which carry the stored due time alone; a page of one request has the rule's own words.
    """
    local = due_at.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute) == (23, 59):
        days = (dates.local_date(due_at, zone) - dates.local_date(started_at, zone)).days
        return f"{max(days, 1)} calendar days"
    return f"{max(1, round((due_at - started_at).total_seconds() / 3600))} hours"


def draw_row(row: Any, *, due_at: datetime | None, zone: str, at: datetime) -> Clock | None:
    """The clock of a request in a list (a row with received_at, decided_at, withdrawn_at; due as stored)."""
    if due_at is None:
        return None
    done_at = row.decided_at or row.withdrawn_at
    return draw(
        started_at=row.received_at,
        due_at=due_at,
        allowance=allowance_between(row.received_at, due_at, zone),
        zone=zone,
        at=at,
        done_at=done_at,
        done_word="Withdrawn" if row.withdrawn_at and not row.decided_at else "Decided",
    )
