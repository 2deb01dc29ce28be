"""One rule's time: where it starts, how it grows or pauses, when it has run out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from .. import calendars
from ..allowances import Allowance, Length, Pause, Start, Toll
from ..calendars import BusinessCalendar
from .case import Case, Moments


@dataclass(frozen=True, slots=True)
class Counting:
    """How time is counted for a case: the plan's zone and the business calendar."""

    zone: ZoneInfo
    calendar: BusinessCalendar

    @classmethod
    def of(cls, case: Case) -> Counting:
        """The counting of this case."""
        return cls(calendars.zone_of(case.zone), calendars.business_calendar(case.state, case.holidays))

    def after(self, start: datetime, length: Length) -> datetime:
        """When this length after `start` has run out (UTC)."""
        return calendars.count(start, length.duration, length.unit, self.zone, self.calendar)

    def later(self, due: datetime, length: Length) -> datetime:
        """The deadline moved by an extension (UTC)."""
        return calendars.lengthen(due, length.duration, length.unit, self.zone, self.calendar)

    def days_between(self, start: datetime, end: datetime) -> int:
        """Calendar days from one instant's date to another's, in the zone."""
        return (end.astimezone(self.zone).date() - start.astimezone(self.zone).date()).days

    def said(self, at: datetime) -> str:
        """A date and time as people in the zone write it."""
        local = at.astimezone(self.zone)
        return f"{local:%B} {local.day}, {local:%Y}, {local:%H:%M}"


@dataclass(frozen=True, slots=True)
class Run:
    """How one rule's time ran. `extended` also when the rule treats asking for information as its extension."""

    started_at: datetime | None
    due_at: datetime | None
    extended: bool = False
    note: str = ""


def run(rule: Allowance, moments: Moments, counting: Counting) -> Run:
    """Run one rule's time over the moments, whether it governs or not."""
    received = moments.received_at
    base = counting.after(received, rule.length)
    asked = moments.information_asked_at
    if asked is None:
        return _extended(rule, moments, counting, Run(received.astimezone(UTC), base))
    if rule.start is Start.NECESSARY_INFORMATION:
        return _extended(rule, moments, counting, _from_information(rule, moments, counting, asked, base))
    if rule.toll is not None:
        return _paused(rule, rule.toll, moments, counting, asked, base)
    kept = Run(received.astimezone(UTC), base, note="Asking for information does not stop this clock.")
    return _extended(rule, moments, counting, kept)


def _extended(rule: Allowance, moments: Moments, counting: Counting, plain: Run) -> Run:
    if moments.extended_at is None or plain.due_at is None:
        return plain
    if rule.extension is None:
        return Run(plain.started_at, plain.due_at, note=_joined(plain.note, rule.no_extension))
    if moments.extended_at > plain.due_at:
        note = f"Not extended: the time had run out on {counting.said(plain.due_at)}."
        return Run(plain.started_at, plain.due_at, note=_joined(plain.note, note))
    due = counting.later(plain.due_at, rule.extension.length)
    return Run(plain.started_at, due, True, _joined(plain.note, f"Extended by {rule.extension.length}."))


def _from_information(rule: Allowance, moments: Moments, counting: Counting, asked: datetime, base: datetime) -> Run:
    """The time starts when the necessary information has come; a late ask is told, since it may be disputed."""
    arrived = moments.information_received_at
    late = f"It was asked for after {counting.said(base)}, the end of a time from receipt." if asked > base else ""
    if arrived is None:
        return Run(None, None, note=_joined("Has not started: the necessary information has not come.", late))
    note = f"Runs from the necessary information, received {counting.said(arrived)}."
    return Run(arrived.astimezone(UTC), counting.after(arrived, rule.length), note=_joined(note, late))


def _paused(rule: Allowance, toll: Toll, moments: Moments, counting: Counting, asked: datetime, base: datetime) -> Run:
    """29 CFR 2560.503-1(f)(4): time stands still from the ask to the supply, or to the end of its time."""
    received = moments.received_at.astimezone(UTC)
    limit = base if toll.ask_within is None else counting.after(received, toll.ask_within)
    if asked > limit:
        late = Run(received, base, note=f"Not paused: information was asked for after {counting.said(limit)}.")
        return _extended(rule, moments, counting, late)
    supply_by = counting.after(asked, toll.supply)
    arrived = moments.information_received_at
    resumed = supply_by if arrived is None or arrived > supply_by else arrived
    due = _after_pause(rule, toll, counting, asked=asked, resumed=resumed, base=base)
    if arrived is None:
        note = f"Paused since {counting.said(asked)}; information may come until {counting.said(supply_by)}."
    else:
        note = f"Paused from {counting.said(asked)} to {counting.said(resumed)}."
    is_extension = toll.mode is not Pause.FROM_SUPPLY
    if moments.extended_at is None:
        return Run(received, due, is_extension, note)
    spent = "Asking for information was itself the one extension." if is_extension else rule.no_extension
    return Run(received, due, is_extension, _joined(note, spent))


def _after_pause(
    rule: Allowance, toll: Toll, counting: Counting, *, asked: datetime, resumed: datetime, base: datetime
) -> datetime:
    fresh = counting.after(resumed, toll.decide_within)
    if toll.mode is Pause.FROM_SUPPLY:
        return fresh
    whole = base if rule.extension is None else counting.later(base, rule.extension.length)
    paused_days = counting.days_between(asked, resumed)
    last_day = whole.astimezone(counting.zone).date() + timedelta(days=paused_days)
    remaining = calendars.end_of_day(last_day, counting.zone)
    if toll.mode is Pause.REMAINING:
        return remaining
    if toll.mode is Pause.FRESH:
        return max(base, fresh)
    return min(remaining, max(base, fresh))  # a pause never takes away time that the rule gave at first


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
