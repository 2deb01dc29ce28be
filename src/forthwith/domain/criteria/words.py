"""Values and comparisons in plain words, for pages and letters.

English as a clinic writes it: "at least 4 weeks", "September 21, 2026". No
tree and no truth enters.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .facts import FactSpec

NOT_KNOWN = "Not known"
COMPARED = {
    "eq": "{}",
    "ne": "not {}",
    "lt": "less than {}",
    "lte": "no more than {}",
    "gt": "more than {}",
    "gte": "at least {}",
}
DATED = {"lt": "before {}", "lte": "no later than {}", "gt": "after {}", "gte": "no earlier than {}"}


def said(spec: FactSpec | None, value: object) -> str:
    """A value in words, with its unit or the label of its choice."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, (tuple, list, set, frozenset)):
        return listed((said(spec, one) for one in value), "and") or "None"
    if isinstance(value, str):
        return spec.choices.get(value, value) if spec else value
    return counted(value, spec.unit if spec else "")


def counted(number: object, unit: str) -> str:
    """A number with its unit: `50%`, `1 week`, `4 weeks`."""
    if not unit:
        return str(number)
    if unit == "%":
        return f"{number}%"
    if number == 1 and unit.endswith("s") and " " not in unit:
        unit = unit[:-1]
    return f"{number} {unit}"


def listed(words: Iterable[str], last: str) -> str:
    """`A, B or C`."""
    several = list(words)
    if len(several) < 2:
        return "".join(several)
    return f"{', '.join(several[:-1])} {last} {several[-1]}"


def long_date(day: date) -> str:
    """`September 21, 2026`, whatever the machine's locale."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def lowered(text: str) -> str:
    """The text to stand inside a sentence: first letter small unless the word is an abbreviation."""
    head = text.split(" ", 1)[0]
    if len(head) > 1 and any(letter.isupper() or letter.isdigit() for letter in head[1:]):
        return text
    return text[:1].lower() + text[1:]
