"""Small expressions for limits: what a fact is compared with.

A literal, another fact, a choice between two (`if`), a sum (`plus`), or a day so
many months or days before another. While a fact is unknown an expression
may stand for several values or for none that can be named; it never guesses.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .facts import FactSpec, FactType
from .truth import MET, UNKNOWN, Truth
from .words import said

Values = Sequence[Any]
# The values that the expression may have, or None when nothing can be said yet.
Possible = Callable[[Values], "tuple[Any, ...] | None"]
OPERATIONS = ("fact", "if", "plus", "months_before", "days_before")


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled test on facts: its truth, and the unknown facts on which that truth hangs."""

    truth: Callable[[Values], Truth]
    unknowns: Callable[[Values], list[int]]
    slots: frozenset[int]


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled operand. `fixed` tells that it is the literal `value` and nothing need be computed."""

    type: FactType
    possible: Possible
    unknowns: Callable[[Values], list[int]]
    words: Callable[[Values, FactSpec], str]
    slots: frozenset[int] = frozenset()
    fixed: bool = False
    value: Any = None


def _none(values: Values) -> list[int]:
    return []


def literal(value: Any, kind: FactType) -> Expression:
    """A value written in the package."""
    return Expression(
        kind,
        possible=lambda values: (value,),
        unknowns=_none,
        words=lambda values, spec: said(spec, value),
        fixed=True,
        value=value,
    )


def fact(slot: int, spec: FactSpec) -> Expression:
    """The value of another fact."""
    return Expression(
        spec.type,
        possible=lambda values: None if values[slot] is None else (values[slot],),
        unknowns=lambda values: [slot] if values[slot] is None else [],
        words=lambda values, to: said(to, values[slot]) if values[slot] is not None else spec.label,
        slots=frozenset({slot}),
    )


def choice(condition: Condition, then: Expression, otherwise: Expression) -> Expression:
    """`then` when the condition is met, `otherwise` when not; both while that is unknown."""

    def possible(values: Values) -> tuple[Any, ...] | None:
        truth = condition.truth(values)
        if truth is not UNKNOWN:
            return (then if truth is MET else otherwise).possible(values)
        one, other = then.possible(values), otherwise.possible(values)
        return None if one is None or other is None else one + other

    def unknowns(values: Values) -> list[int]:
        truth = condition.truth(values)
        if truth is not UNKNOWN:
            return (then if truth is MET else otherwise).unknowns(values)
        return condition.unknowns(values) + then.unknowns(values) + otherwise.unknowns(values)

    def words(values: Values, spec: FactSpec) -> str:
        truth = condition.truth(values)
        if truth is not UNKNOWN:
            return (then if truth is MET else otherwise).words(values, spec)
        return f"{then.words(values, spec)} or {otherwise.words(values, spec)}"

    slots = condition.slots | then.slots | otherwise.slots
    return Expression(then.type, possible, unknowns, words, slots)


def joined(one: Expression, other: Expression, join: Callable[[Any, Any], Any], kind: FactType) -> Expression:
    """Two expressions put together by `join`, for every pair of values that they may have."""

    def possible(values: Values) -> tuple[Any, ...] | None:
        left, right = one.possible(values), other.possible(values)
        if left is None or right is None:
            return None
        return tuple(join(a, b) for a in left for b in right)

    def words(values: Values, spec: FactSpec) -> str:
        found = possible(values)
        return said(spec, found[0]) if found is not None and len(set(found)) == 1 else "a limit not yet known"

    return Expression(
        kind,
        possible,
        lambda values: one.unknowns(values) + other.unknowns(values),
        words,
        one.slots | other.slots,
    )


def plus(one: Any, other: Any) -> Any:
    """The sum; exact also where a binary fraction meets a decimal one."""
    if isinstance(one, float) or isinstance(other, float):
        return Decimal(str(one)) + Decimal(str(other))
    return one + other


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_before(day: date, days: int) -> date:
    """The day so many calendar days earlier."""
    return day - timedelta(days=days) if day.toordinal() > days else date.min


def operation(document: Mapping[str, Any]) -> str:
    """Which operation a mapping is. Raises ValueError when it is none."""
    names = [name for name in document if name in OPERATIONS]
    if len(document) != 1 or len(names) != 1:
        got = ", ".join(map(str, document)) or "nothing"
        raise ValueError(f"an expression is one of {', '.join(OPERATIONS)}, got {got}")
    return names[0]
