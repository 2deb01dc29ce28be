"""What one allowance says: its length, where it starts, how it may grow or pause, what a breach means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ..calendars import Unit
from ..words import ItemClass, LineOfBusiness, Timing, Urgency

_UNIT_WORDS = {Unit.HOURS: "hour", Unit.CALENDAR_DAYS: "calendar day", Unit.BUSINESS_DAYS: "business day"}


class Layer(StrEnum):
    """Who gave the allowance, as far as precedence cares."""

    FEDERAL = "federal"
    STATE = "state"
    ACCREDITATION = "accreditation"
    SERVICE_LEVEL = "service_level"


class Start(StrEnum):
    """The event that starts the time."""

    RECEIPT = "receipt"
    NECESSARY_INFORMATION = "necessary_information"


class OnBreach(StrEnum):
    """What a missed deadline means in law. The request stays open in every case."""

    DEEMED_ADVERSE = "deemed_adverse"
    DEEMED_GRANTED = "deemed_granted"
    DEEMED_EXHAUSTED = "deemed_exhausted"
    DEEMED_REVERSED = "deemed_reversed"
    REPORT_ONLY = "report_only"


class Pause(StrEnum):
    """How time goes on once information that was asked for has come (29 CFR 2560.503-1(f)(4); sources differ).

    `remaining` lets the rest of the extended time run, `fresh` gives a new
    span, `earlier` is the earlier of the two; `from_supply` is the urgent rule
    (f)(2)(i): a span from the supply or from the end of the time to supply.
    """

    REMAINING = "remaining"
    FRESH = "fresh_15"
    EARLIER = "earlier"
    FROM_SUPPLY = "from_supply"


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time and how it is counted."""

    duration: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.duration} {_UNIT_WORDS[self.unit]}{'' if self.duration == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Reason:
    """One lawful reason to extend, in the rule's words."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Extension:
    """By how much a time may grow, once, for which reasons, and what must be told."""

    length: Length
    reasons: tuple[Reason, ...]
    notice: str


@dataclass(frozen=True, slots=True)
class Toll:
    """How the time pauses while information that was asked for is awaited.

    `ask_within` None: the ask must come while the time still runs. `supply` is
    the least time to give for the answer, `decide_within` the span after it.
    """

    mode: Pause
    ask_within: Length | None
    supply: Length
    decide_within: Length


@dataclass(frozen=True, slots=True)
class PreEmption:
    """Lines of business under which the allowance is shown and does not govern, and the law that says so."""

    lobs: frozenset[LineOfBusiness]
    citation: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """One version of one rule about time. `effective_to` is the last day on which it is in force."""

    id: str
    layer: Layer
    authority: str
    citation: str
    lobs: frozenset[LineOfBusiness]
    state: str | None
    items: frozenset[ItemClass]
    urgencies: frozenset[Urgency]
    timings: frozenset[Timing]
    length: Length
    text: str
    start: Start
    notify: tuple[str, ...]
    extension: Extension | None
    no_extension: str
    toll: Toll | None
    on_breach: OnBreach
    effective_from: date
    effective_to: date | None
    pre_emption: PreEmption | None

    @property
    def version(self) -> str:
        """The version of the rule: the first day on which it is in force."""
        return self.effective_from.isoformat()

    def in_force(self, on: date) -> bool:
        """Whether this version speaks on this day (a day in the plan's zone)."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def is_pre_empted(self, lob: LineOfBusiness) -> bool:
        """Whether another law displaces it under this line of business."""
        return self.pre_emption is not None and lob in self.pre_emption.lobs


@dataclass(frozen=True, slots=True)
class AppealWindow:
    """How many calendar days after the date of a notice an appeal may be filed; one version."""

    id: str
    authority: str
    citation: str
    lob: LineOfBusiness
    days: int
    effective_from: date
    effective_to: date | None

    def in_force(self, on: date) -> bool:
        """Whether this version speaks for a notice of this day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)
