"""Which questions can never be shown: a mistake in a package that no test case would find.

Each condition is tried with the values at which it can change: both booleans,
every choice, each bound and the numbers next to those the condition names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from .facts import LISTS, NUMBERS, FactSpec, FactType
from .questions import Question
from .tree import holds

MOST_TRIALS = 20_000


def unreachable(
    questions: Sequence[Question], facts: Mapping[str, FactSpec], slots: Mapping[str, int]
) -> Iterator[int]:
    """The places of questions whose condition no answers can meet."""
    never: set[str] = set()
    for place, question in enumerate(questions):
        if question.shown_if and not _can_hold(question, facts, slots, never):
            never.add(question.fact)
            yield place


def _can_hold(question: Question, facts: Mapping[str, FactSpec], slots: Mapping[str, int], never: set[str]) -> bool:
    condition = question.shown_if
    if condition is None:
        return True
    used = [name for name, slot in slots.items() if slot in condition.slots]
    offered = [[None] if name in never else [*_candidates(facts[name]), None] for name in used]
    if any(not _closed(facts[name]) and name not in never for name in used):
        return True  # free text, codes and days take any value
    values: list[Any] = [None] * len(slots)
    for trial in islice(product(*offered), MOST_TRIALS):
        for name, value in zip(used, trial, strict=True):
            values[slots[name]] = value
        if holds(condition, values):
            return True
    return _many(offered)


def _many(offered: Iterable[Sequence[Any]]) -> bool:
    """Whether there were more trials than were made: then nothing is claimed."""
    total = 1
    for several in offered:
        total *= len(several)
    return total > MOST_TRIALS


def _closed(spec: FactSpec) -> bool:
    return spec.type in NUMBERS or spec.type is FactType.BOOLEAN or bool(spec.choices)


def _candidates(spec: FactSpec) -> list[Any]:
    if spec.type is FactType.BOOLEAN:
        return [True, False]
    if spec.type in NUMBERS:
        low = int(spec.minimum) if spec.minimum is not None else -1_000_000
        high = int(spec.maximum) if spec.maximum is not None else 1_000_000
        near = range(max(low, -60), min(high, 130) + 1)
        return sorted({low, high, *near})
    if spec.type in LISTS:
        return [(value,) for value in spec.choices] + [tuple(spec.choices)]
    return list(spec.choices)
