"""Facts: what is known of a case, of which type, and who said so.

Names and types of the facts that every request carries stand here; a package
adds its own. How facts are compared is in `comparisons`; nothing is asked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from math import isfinite
from typing import Any, NamedTuple


class FactType(StrEnum):
    """The types a fact may have."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    CODES = "codes"


ANSWER, HISTORY, RECORD = "answer", "history", "record"
MOST = 10**18
NUMBERS = frozenset({FactType.INTEGER, FactType.DECIMAL})
LISTS = frozenset({FactType.CHOICES, FactType.CODES})

# Exact types first: the test is one look-up in the common case.
KINDS: Mapping[FactType, frozenset[type]] = {
    FactType.BOOLEAN: frozenset({bool}),
    FactType.INTEGER: frozenset({int}),
    FactType.DECIMAL: frozenset({Decimal, int, float}),
    FactType.DATE: frozenset({date}),
    FactType.CHOICE: frozenset({str}),
    FactType.CHOICES: frozenset({tuple, list, frozenset, set}),
    FactType.TEXT: frozenset({str}),
    FactType.CODES: frozenset({tuple, list, frozenset, set}),
}


class Fact(NamedTuple):
    """A value and its source: "answer" (the office), "history" (our ledger), "record" (the request)."""

    value: object
    source: str = ANSWER
    label: str = ""


class Count(NamedTuple):
    """How history is counted: past sessions of `services` in `months`, alike in the answer `per`."""

    services: tuple[str, ...]
    months: int
    per: str = ""


@dataclass(frozen=True, slots=True)
class FactSpec:
    """What a package says of a fact: its type, its words, its bounds."""

    name: str
    type: FactType
    label: str
    unit: str = ""
    source: str = ANSWER
    choices: Mapping[str, str] = field(default_factory=dict)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    count: Count | None = None


def _record(
    name: str, kind: FactType, label: str, unit: str = "", *, low: int | None = None, high: int | None = None
) -> tuple[str, FactSpec]:
    least, most = (None if bound is None else Decimal(bound) for bound in (low, high))
    return name, FactSpec(name, kind, label, unit, RECORD, minimum=least, maximum=most)


STANDARD: Mapping[str, FactSpec] = dict(
    (
        _record("line.service", FactType.TEXT, "Service"),
        _record("line.units", FactType.INTEGER, "Units asked for", low=1, high=999_999_999),
        _record("line.place", FactType.TEXT, "Place of service"),
        _record("line.laterality", FactType.TEXT, "Side"),
        _record("line.from", FactType.DATE, "First day of service"),
        _record("line.to", FactType.DATE, "Last day of service"),
        _record("line.in_network", FactType.BOOLEAN, "Performing provider is in the network"),
        _record("member.age", FactType.INTEGER, "Age", "years", low=0, high=150),
        _record("member.sex", FactType.TEXT, "Sex on the plan's record"),
        _record("request.diagnoses", FactType.CODES, "Diagnoses on the request"),
        _record("request.on", FactType.DATE, "Day of the request"),
        _record("request.urgency", FactType.TEXT, "Urgency"),
        _record("plan.line_of_business", FactType.TEXT, "Line of business"),
    )
)


def admitted(value: object, kinds: frozenset[type]) -> object | None:
    """The value when its type is one of `kinds`, else None: a value of the wrong type is not knowledge."""
    if type(value) in kinds:
        return value
    if bool in kinds or isinstance(value, (bool, datetime)):
        return None
    return value if isinstance(value, tuple(kinds)) else None


def endless(value: object) -> bool:
    """Whether a fraction is infinite or no number at all: then nothing is known."""
    return not (value.is_finite() if isinstance(value, Decimal) else isinstance(value, float) and isfinite(value))


def read_value(spec: FactSpec, raw: object) -> object:
    """A value from YAML or JSON as this fact's type. Raises ValueError in plain words."""
    match spec.type:
        case FactType.BOOLEAN if isinstance(raw, bool):
            return raw
        case FactType.INTEGER if isinstance(raw, int) and not isinstance(raw, bool):
            return raw
        case FactType.INTEGER if isinstance(raw, float) and raw.is_integer():
            return int(raw)  # JSON knows one kind of number: 7.0 is 7
        case FactType.DECIMAL if isinstance(raw, (int, float, str, Decimal)) and not isinstance(raw, bool):
            return _decimal(raw)
        case FactType.DATE if isinstance(raw, (str, date)):
            return _date(raw)
        case FactType.CHOICE if isinstance(raw, str):
            return _offered(spec, (raw,))[0]
        case FactType.CHOICES if isinstance(raw, (list, tuple)):
            return _offered(spec, tuple(str(one) for one in raw))
        case FactType.TEXT if isinstance(raw, str):
            return raw
        case FactType.CODES if isinstance(raw, (list, tuple)) and all(isinstance(one, str) for one in raw):
            return tuple(raw)
    raise ValueError(f"expected {_ARTICLES[spec.type]}, got {_short(raw)}")


_ARTICLES: Mapping[FactType, str] = {
    FactType.BOOLEAN: "true or false",
    FactType.INTEGER: "a whole number",
    FactType.DECIMAL: "a number",
    FactType.DATE: "a date such as 2026-09-21",
    FactType.CHOICE: "one of the choices",
    FactType.CHOICES: "a list of choices",
    FactType.TEXT: "text",
    FactType.CODES: "a list of codes",
}


def within(spec: FactSpec, value: object) -> object:
    """The value, when it lies within the bounds of its question and contradicts itself nowhere. Raises ValueError.

    A literal in a package is not held to this, a fact that somebody states is.
    """
    if spec.type in NUMBERS and isinstance(value, (int, Decimal)):
        low, high = spec.minimum, spec.maximum
        low = Decimal(0) if spec.count and low is None else low
        number = Decimal(value)
        if abs(number) > MOST or (low is not None and number < low) or (high is not None and number > high):
            raise ValueError(f"expected {_ARTICLES[spec.type]} {_span(low, high)}, got {_short(value)}")
    if spec.type is FactType.CHOICES and isinstance(value, tuple) and "none" in value and len(value) > 1:
        raise ValueError("'none' excludes the other choices")
    return value


def _span(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"from {low} to {high}"
    if high is None:
        return f"from {low} up, below {MOST:,}" if low is not None else f"below {MOST:,}"
    return f"up to {high}"


def _short(raw: object) -> str:
    try:
        text = repr(raw) if not isinstance(raw, Decimal) else str(raw)
    except ValueError:  # a whole number of more digits than Python writes
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:60]}…"


def _decimal(raw: Any) -> Decimal:
    try:
        number = Decimal(str(raw))
    except (InvalidOperation, ValueError):
        raise ValueError(f"expected a number, got {_short(raw)}") from None
    if not number.is_finite():
        raise ValueError(f"expected a number, got {_short(raw)}")
    return number


def _date(raw: str | date) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(f"expected a date such as 2026-09-21, got {_short(raw)}") from None


def _offered(spec: FactSpec, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if spec.choices and value not in spec.choices:
            raise ValueError(f"{_short(value)} is none of {', '.join(spec.choices)}")
    return values


_PLAIN = frozenset({bool, int, str, type(None)})


def plain(value: object) -> object:
    """The value as JSON holds it: dates as ISO text, decimals as text, lists as lists."""
    if type(value) in _PLAIN or isinstance(value, (int, str)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return list(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)
