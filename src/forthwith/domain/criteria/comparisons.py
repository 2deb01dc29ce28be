"""Comparisons: the leaves of a criteria tree, each a test on one fact.

Each maker returns a closure from the values of the facts to a truth. A value
that cannot be compared is no knowledge: the answer is unknown, never an error
in the middle of a submission. How leaves are put together is in `tree`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Set
from decimal import InvalidOperation
from typing import Any

from .expressions import Expression, Values
from .facts import LISTS, NUMBERS, FactSpec, FactType
from .truth import MET, NOT_MET, UNKNOWN, Truth, agreed
from .words import COMPARED, DATED, listed, said

Test = Callable[[Values], Truth]
ORDERED = frozenset({"lt", "lte", "gt", "gte"})
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
COMPARISONS = (*RELATIONS, "in", "between", "is", "present", "matches")


def relation(name: str, slot: int, operand: Expression) -> Test:
    """`fact <name> operand`; several possible operands must agree."""
    holds = RELATIONS[name]
    if operand.fixed:
        return _against(holds, slot, operand.value)
    possible = operand.possible

    def test(values: Values) -> Truth:
        value = values[slot]
        limits = possible(values) if value is not None else None
        if limits is None:
            return UNKNOWN
        try:
            return agreed(MET if holds(value, limit) else NOT_MET for limit in limits)
        except (TypeError, InvalidOperation):
            return UNKNOWN

    return test


def _against(holds: Callable[[Any, Any], bool], slot: int, limit: Any) -> Test:
    def test(values: Values) -> Truth:
        value = values[slot]
        if value is None:
            return UNKNOWN
        try:
            return MET if holds(value, limit) else NOT_MET
        except (TypeError, InvalidOperation):
            return UNKNOWN

    return test


def between(slot: int, low: Any, high: Any) -> Test:
    """From `low` to `high`, both included."""

    def test(values: Values) -> Truth:
        value = values[slot]
        if value is None:
            return UNKNOWN
        try:
            return MET if low <= value <= high else NOT_MET
        except (TypeError, InvalidOperation):
            return UNKNOWN

    return test


def one_of(slot: int, wanted: Iterable[Any], several: bool) -> Test:
    """One of the values; for a fact with several values: any of them."""
    offered = frozenset(wanted)

    def test(values: Values) -> Truth:
        value = values[slot]
        if value is None:
            return UNKNOWN
        try:
            found = not offered.isdisjoint(value) if several else value in offered
        except TypeError:
            return UNKNOWN
        return MET if found else NOT_MET

    return test


def same(slot: int, wanted: bool) -> Test:
    """Yes (or no), said outright."""

    def test(values: Values) -> Truth:
        value = values[slot]
        if value is None:
            return UNKNOWN
        return MET if value is wanted else NOT_MET

    return test


def present(slot: int) -> Test:
    """Stated at all. Nothing said is unknown; an empty list or empty text is known to be empty."""

    def test(values: Values) -> Truth:
        value = values[slot]
        if value is None:
            return UNKNOWN
        empty = isinstance(value, (str, tuple, list, set, frozenset)) and not value
        return NOT_MET if empty else MET

    return test


def bare(code: object) -> str:
    """An ICD-10 code without its point, in capitals: `m54.16` is `M5416`."""
    return str(code).replace(".", "").strip().upper()


def matches(slot: int, prefixes: Iterable[str], several: bool) -> Test:
    """A code that begins with one of the ICD-10 prefixes; for a list of codes: any of them."""
    heads = tuple(bare(prefix) for prefix in prefixes)

    def test(values: Values) -> Truth:
        value = values[slot]
        if value is None:
            return UNKNOWN
        codes = value if several else (value,)
        return MET if any(bare(code).startswith(heads) for code in codes) else NOT_MET

    return test


def fits(name: str, spec: FactSpec) -> str:
    """Why this comparison cannot be made on this fact; empty when it can."""
    comparable: dict[str, Set[FactType]] = {
        "is": {FactType.BOOLEAN},
        "between": NUMBERS | {FactType.DATE},
        "in": set(FactType) - {FactType.BOOLEAN, FactType.DATE, FactType.DECIMAL, FactType.CODES},
        "matches": {FactType.CODES, FactType.TEXT},
        "present": set(FactType),
    }
    comparable |= dict.fromkeys(ORDERED, NUMBERS | {FactType.DATE})
    allowed = comparable.get(name, set(FactType) - LISTS)
    if spec.type in allowed:
        return ""
    return f"'{name}' cannot be used on {spec.name}, which is of type {spec.type.value}"


def alike(spec: FactSpec, operand: FactType) -> bool:
    """Whether a fact may be compared with an operand of that type."""
    texts = frozenset({FactType.TEXT, FactType.CHOICE})
    return spec.type is operand or any(spec.type in kinds and operand in kinds for kinds in (NUMBERS, texts))


def relation_words(name: str, spec: FactSpec, operand: Expression) -> Callable[[Values], str]:
    """What is expected, in words; computed afresh only when the limit is an expression."""
    pattern = (DATED if spec.type is FactType.DATE else COMPARED).get(name, COMPARED[name])
    if operand.fixed:
        text = pattern.format(operand.words((), spec))
        return lambda values: text
    return lambda values: pattern.format(operand.words(values, spec))


def choice_words(spec: FactSpec, wanted: Iterable[Any]) -> str:
    """The values that would do, in words."""
    return listed((said(spec, value) for value in wanted), "or")
