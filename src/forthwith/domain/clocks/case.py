"""What a clock is reckoned from: the kind of request, and the moments that were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .. import calendars
from ..words import ItemClass, LineOfBusiness, Timing, Urgency
from .refusals import CareAlreadyGiven, CaseInvalid, MomentsInvalid

_WORDS = {
    "lob": frozenset(LineOfBusiness),
    "item": frozenset(ItemClass),
    "urgency": frozenset(Urgency),
    "timing": frozenset(Timing),
}
_YEARS = range(1900, 2201)


@dataclass(frozen=True, slots=True)
class Case:
    """The kind of one line's request. `zone` is the plan's IANA zone, `holidays` add to the official ones.

    Raises CaseInvalid or CareAlreadyGiven (42 CFR 422.570: payment is never expedited).
    """

    lob: LineOfBusiness
    item: ItemClass
    urgency: Urgency
    timing: Timing
    zone: str
    state: str | None = None
    accredited: bool = False
    service_levels: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        for field, known in _WORDS.items():
            if getattr(self, field) not in known:
                words = ", ".join(sorted(known))
                raise CaseInvalid(f"{getattr(self, field)!r} is not one of {words}.", field=field)
        if self.state is not None and self.state not in calendars.STATES:
            raise CaseInvalid(f"No state has the code {self.state!r}; use two capitals, CA.", field="state")
        try:
            calendars.zone_of(self.zone)
        except calendars.UnknownZone as error:
            raise CaseInvalid(str(error), field="zone") from error
        if self.urgency == Urgency.EXPEDITED and self.timing == Timing.POST_SERVICE:
            raise CareAlreadyGiven("Care already given cannot be expedited.", field="urgency")


@dataclass(frozen=True, slots=True)
class Moments:
    """What happened and when; every instant is aware. Raises MomentsInvalid when they contradict each other.

    `notified_at` is the last notice that was required (domain.words: decided is not notified).
    """

    received_at: datetime
    extended_at: datetime | None = None
    information_asked_at: datetime | None = None
    information_received_at: datetime | None = None
    decided_at: datetime | None = None
    notified_at: datetime | None = None

    def __post_init__(self) -> None:
        self._is_instant("received_at", self.received_at)
        self._follows("extended_at", "received_at")
        self._follows("information_asked_at", "received_at")
        self._follows("information_received_at", "information_asked_at")
        self._follows("decided_at", "received_at")
        self._follows("notified_at", "decided_at")

    def _follows(self, field: str, earlier: str) -> None:
        at: datetime | None = getattr(self, field)
        if at is None:
            return
        self._is_instant(field, at)
        before: datetime | None = getattr(self, earlier)
        if before is None:
            raise MomentsInvalid(f"{_said(field)} needs the moment of: {_said(earlier)}.", field=field)
        if at < before:
            raise MomentsInvalid(f"{_said(field)} cannot come before {_said(earlier)}.", field=field)

    def _is_instant(self, field: str, at: datetime) -> None:
        if at.tzinfo is None or at.utcoffset() is None:
            raise MomentsInvalid(f"{_said(field)}: the time needs an offset such as -05:00.", field=field)
        if at.year not in _YEARS:
            raise MomentsInvalid(f"{_said(field)}: the year {at.year} is out of reach.", field=field)


def _said(field: str) -> str:
    return field.removesuffix("_at").replace("_", " ")
