"""A criteria tree made ready to run: one flat list of steps, children before parents.

Every step runs on every evaluation, with no short cut, since the trace must
name every leaf. No words are made here but those of limits that depend on facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from .comparisons import Test
from .evaluation import Leaf
from .facts import KINDS, Fact, FactSpec, admitted, endless
from .tree import Comparison, Group, Node, Note
from .truth import MET, NOT_MET, UNKNOWN, Truth
from .words import lowered

Total = Callable[[list[Truth]], Truth]


class _LeafStep(NamedTuple):
    place: int
    slot: int
    id: str
    text: str
    fact: str
    expected: str
    criterion: str
    exemption: bool
    said: Callable[[Sequence[Any]], str] | None  # the expected words when they depend on facts


@dataclass(frozen=True, slots=True)
class CriterionStep:
    """Where a criterion's truth is found, and the ids of its leaves."""

    place: int
    note: Note
    cite: str
    leaves: tuple[str, ...]


class Program:
    """The compiled criteria of one package. `cites`: a source's words by its id, the default's by ""."""

    def __init__(self, root: Node, slots: Mapping[str, FactSpec], cites: Mapping[str, str]) -> None:
        self.names = tuple(slots)
        self._slots = tuple((spec.name, KINDS[spec.type]) for spec in slots.values())
        self._labels = tuple(spec.label for spec in slots.values())
        self._steps: list[tuple[Test | None, Total]] = []
        self._below: list[tuple[int, ...]] = []
        self._nodes: list[Node] = []
        self._leaves: list[_LeafStep] = []
        self.criteria: tuple[CriterionStep, ...] = ()
        self._lay(root, cites)

    def take(self, facts: Mapping[str, Fact]) -> tuple[list[Fact | None], list[Any]]:
        """The facts that the program uses, and their values; a value of the wrong type, or no number, counts as unknown."""
        held: list[Fact | None] = []
        values: list[Any] = []
        find = facts.get
        for name, kinds in self._slots:
            fact = find(name)
            value = None
            if fact is not None:
                value = fact.value
                kind = type(value)
                if kind not in kinds and value is not None:
                    value = admitted(value, kinds)
                elif (kind is Decimal or kind is float) and endless(value):
                    value = None
                if value is None:
                    fact = None
            held.append(fact)
            values.append(value)
        return held, values

    def run(self, values: Sequence[Any]) -> list[Truth]:
        """The truth of every node; the root's is the last."""
        truths: list[Truth] = []
        for test, group in self._steps:
            truths.append(test(values) if test else group(truths))
        return truths

    def leaves(self, held: Sequence[Fact | None], truths: Sequence[Truth]) -> tuple[Leaf, ...]:
        """The trace."""
        values: list[Any] | None = None
        found = []
        made = tuple.__new__  # as Leaf._make, without its checks: this is the inner loop
        for place, slot, id_, text, name, expected, criterion, exemption, said in self._leaves:
            fact = held[slot]
            if said is not None:  # the limit depends on facts, and so do its words
                values = values or [one and one.value for one in held]
                expected = said(values)
                text = text or f"{self._labels[slot]}: {lowered(expected)}"
            value, source = (None, "") if fact is None else (fact[0], fact[1])
            leaf = (id_, text, truths[place], name, value, source, expected, criterion, exemption)
            found.append(made(Leaf, leaf))
        return tuple(found)

    def deciding(self, held: Sequence[Fact | None], truths: Sequence[Truth]) -> tuple[str, ...]:
        """Unknown facts below unknown nodes alone: below a known node nothing matters any more."""
        values = [one and one.value for one in held]
        slots: dict[int, None] = {}

        def visit(place: int) -> None:
            if truths[place] is not UNKNOWN:
                return
            node = self._nodes[place]
            if isinstance(node, Comparison):
                slots.update(dict.fromkeys(node.unknowns(values)))
            for below in self._below[place]:
                visit(below)

        visit(len(truths) - 1)
        return tuple(self.names[slot] for slot in slots)

    def _lay(self, root: Node, cites: Mapping[str, str]) -> None:
        tops = root.children if isinstance(root, Group) and not root.negated else (root,)
        criteria, places = [], []
        for number, top in enumerate(tops, 1):
            first = len(self._leaves)
            place = self._place(top, top.note.id or str(number), top.note.id or str(number))
            places.append(place)
            leaves = tuple(leaf.id for leaf in self._leaves[first:])
            criteria.append(CriterionStep(place, top.note, cites[top.note.cite], leaves))
        self.criteria = tuple(criteria)
        if tops != (root,) and isinstance(root, Group):
            self._group(root, tuple(places))

    def _place(self, node: Node, path: str, criterion: str) -> int:
        if isinstance(node, Comparison):
            return self._leaf(node, path, criterion)
        below = tuple(
            self._place(child, child.note.id or f"{path}.{number}", criterion)
            for number, child in enumerate(node.children, 1)
        )
        return self._group(node, below)

    def _leaf(self, node: Comparison, path: str, criterion: str) -> int:
        depends = node.operand is not None and not node.operand.fixed
        expected = "" if depends else node.expected(())
        text = node.note.text or ("" if depends else f"{node.spec.label}: {lowered(expected)}")
        place = self._add(node, (), node.test, None)
        said = node.expected if depends else None
        exemption = node.note.exemption
        step = _LeafStep(place, node.slot, path, text, node.spec.name, expected, criterion, exemption, said)
        self._leaves.append(step)
        return place

    def _group(self, node: Group, below: tuple[int, ...]) -> int:
        if node.negated:
            total = _not(below[0])
        elif node.need == len(below):
            total = _all(below)
        else:
            total = _any(below) if node.need == 1 else _some(node.need, below)
        return self._add(node, below, None, total)

    def _add(self, node: Node, below: tuple[int, ...], test: Test | None, total: Total | None) -> int:
        self._steps.append((test, total or _untold))
        self._below.append(below)
        self._nodes.append(node)
        return len(self._steps) - 1


def _untold(truths: list[Truth]) -> Truth:
    return UNKNOWN


def _all(below: tuple[int, ...]) -> Total:
    def total(truths: list[Truth]) -> Truth:
        found = MET
        for place in below:
            truth = truths[place]
            if truth is NOT_MET:
                return NOT_MET
            if truth is UNKNOWN:
                found = UNKNOWN
        return found

    return total


def _any(below: tuple[int, ...]) -> Total:
    def total(truths: list[Truth]) -> Truth:
        found = NOT_MET
        for place in below:
            truth = truths[place]
            if truth is MET:
                return MET
            if truth is UNKNOWN:
                found = UNKNOWN
        return found

    return total


def _some(need: int, below: tuple[int, ...]) -> Total:
    def total(truths: list[Truth]) -> Truth:
        met = open_ = 0
        for place in below:
            truth = truths[place]
            if truth is MET:
                met += 1
            elif truth is UNKNOWN:
                open_ += 1
        if met >= need:
            return MET
        return UNKNOWN if met + open_ >= need else NOT_MET

    return total


def _not(place: int) -> Total:
    def total(truths: list[Truth]) -> Truth:
        truth = truths[place]
        if truth is UNKNOWN:
            return UNKNOWN
        return NOT_MET if truth is MET else MET

    return total
