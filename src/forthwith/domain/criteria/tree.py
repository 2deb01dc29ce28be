"""Criteria trees: all, any, at least N, not, over comparisons.

A document becomes nodes here, with every mistake in it gathered; `program`
makes the nodes run. No value of a fact is seen here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from . import comparisons, expressions
from .comparisons import COMPARISONS, RELATIONS
from .expressions import Condition, Expression, Values
from .facts import LISTS, NUMBERS, STANDARD, FactSpec, FactType, read_value
from .problems import Path, Problem, nearest
from .truth import MET, UNKNOWN, Truth, at_least, negated
from .words import listed, said

Built = tuple[Callable[[Values], Truth], str]
GROUPS = ("all", "any", "at_least", "not")
NOTES = frozenset({"id", "text", "unmet", "cite", "exemption"})


@dataclass(frozen=True, slots=True)
class Note:
    """What a package says of a node: its name, its words, the source it rests on."""

    id: str = ""
    text: str = ""
    unmet: str = ""
    cite: str = ""
    exemption: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A leaf: one test on one fact."""

    note: Note
    spec: FactSpec
    slot: int
    test: Callable[[Values], Truth]
    expected: Callable[[Values], str]
    operand: Expression | None = None

    def unknowns(self, values: Values) -> list[int]:
        """The slots of the unknown facts on which this leaf hangs."""
        own = [self.slot] if values[self.slot] is None else []
        return own + (self.operand.unknowns(values) if self.operand else [])


@dataclass(frozen=True, slots=True)
class Group:
    """`need` of the children must be met; `negated` turns the result round."""

    note: Note
    children: tuple[Node, ...]
    need: int
    negated: bool = False


Node = Comparison | Group


class Unread(Exception):
    """A node that cannot be read; its problem is already noted."""


class Reader:
    """Reads the trees of one package, gives each used fact a slot, gathers problems."""

    def __init__(self, facts: Mapping[str, FactSpec], codes: Mapping[str, tuple[str, Sequence[str]]]) -> None:
        self.facts = {**STANDARD, **facts}
        self.codes = codes
        self.slots: dict[str, int] = {}
        self.problems: list[Problem] = []

    def node(self, document: Any, path: Path) -> Node | None:
        """A node, or None when a problem was noted."""
        try:
            return self._node(document, path)
        except Unread:
            return None

    def condition(self, document: Any, path: Path) -> Condition | None:
        """A tree used as a plain test, for `shown_if` and `if`; None when a problem was noted."""
        node = self.node(document, path)
        return condition_of(node) if node else None

    def slot(self, spec: FactSpec) -> int:
        """The fact's place among the values."""
        return self.slots.setdefault(spec.name, len(self.slots))

    def note(self, path: Path, cause: str) -> None:
        """Notes a problem and goes on."""
        self.problems.append(Problem(path, cause))

    def refuse(self, path: Path, cause: str) -> NoReturn:
        """Notes a problem and gives up this node; its neighbours are still read."""
        self.note(path, cause)
        raise Unread

    def _node(self, document: Any, path: Path) -> Node:
        if not isinstance(document, Mapping):
            self.refuse(path, "expected a criterion such as {gte: [weeks, 4]}")
        names = [name for name in document if name in GROUPS or name in COMPARISONS]
        if len(names) != 1:
            found = ", ".join(map(str, names)) or "none"
            self.refuse(path, f"expected exactly one of {', '.join(GROUPS + COMPARISONS)}; found {found}")
        (name,) = names
        allowed = NOTES | {name} | ({"of"} if name == "at_least" else set())
        for extra in sorted(set(map(str, document)) - allowed):
            self.note((*path, extra), f"unknown word {extra!r} beside '{name}'")
        note = Note(**{key: document[key] for key in NOTES if key in document})
        if name in GROUPS:
            return self._group(name, document, note, path)
        return self._comparison(name, document[name], note, (*path, name))

    def _group(self, name: str, document: Mapping[str, Any], note: Note, path: Path) -> Group:
        if name == "not":
            return Group(note, (self._node(document[name], (*path, name)),), 1, negated=True)
        listed = "of" if name == "at_least" else name
        below = document.get(listed)
        if not isinstance(below, list) or not below:
            self.refuse((*path, listed), "expected a list of one or more criteria")
        children = [self.node(child, (*path, listed, place)) for place, child in enumerate(below)]
        need = {"all": len(below), "any": 1}.get(name, document.get("at_least"))
        if not isinstance(need, int) or isinstance(need, bool) or not 1 <= need <= len(below):
            self.refuse((*path, name), f"expected a whole number from 1 to {len(below)}, got {need!r}")
        sound = tuple(child for child in children if child)
        if len(sound) < len(children):
            raise Unread
        return Group(note, sound, need)

    def _comparison(self, name: str, given: Any, note: Note, path: Path) -> Comparison:
        parts = given if isinstance(given, list) else [given]
        spec = self._fact(parts[0] if parts else None, path)
        if unfit := comparisons.fits(name, spec):
            self.refuse(path, unfit)
        least, most = {"is": (1, 2), "present": (1, 1), "between": (3, 3)}.get(name, (2, 2))
        if not least <= len(parts) <= most:
            shape = {"is": "fact or [fact, false]", "present": "fact", "between": "[fact, low, high]"}
            self.refuse(path, f"expected {name}: {shape.get(name, '[fact, value]')}")
        operand = self._operand(parts[1], spec, path) if name in RELATIONS else None
        slot = self.slot(spec)
        if operand:
            words = comparisons.relation_words(name, spec, operand)
            return Comparison(note, spec, slot, comparisons.relation(name, slot, operand), words, operand)
        build = {"between": self._between, "in": self._in, "is": self._is, "matches": self._matches}
        test, said_ = build.get(name, self._present)(spec, slot, parts[1:], path)
        return Comparison(note, spec, slot, test, lambda values: said_)

    def _fact(self, name: Any, path: Path) -> FactSpec:
        if not isinstance(name, str) or name not in self.facts:
            near = nearest(name, self.facts) if isinstance(name, str) else ""
            self.refuse(path, f"unknown fact {name!r}{near}")
        return self.facts[name]

    def _value(self, spec: FactSpec, raw: Any, path: Path) -> Any:
        try:
            return read_value(_single(spec), raw)
        except ValueError as wrong:
            self.refuse(path, f"{spec.name}: {wrong}")

    def _between(self, spec: FactSpec, slot: int, parts: list[Any], path: Path) -> Built:
        low, high = (self._value(spec, part, path) for part in parts)
        if low > high:
            self.refuse(path, f"{spec.name}: the low end {low} is above the high end {high}")
        return comparisons.between(slot, low, high), f"from {said(None, low)} to {said(spec, high)}"

    def _in(self, spec: FactSpec, slot: int, parts: list[Any], path: Path) -> Built:
        if not isinstance(parts[0], list) or not parts[0]:
            self.refuse(path, "expected in: [fact, [value, …]]")
        wanted = [self._value(spec, part, path) for part in parts[0]]
        return comparisons.one_of(slot, wanted, spec.type in LISTS), comparisons.choice_words(spec, wanted)

    def _is(self, spec: FactSpec, slot: int, parts: list[Any], path: Path) -> Built:
        wanted = parts[0] if parts else True
        if not isinstance(wanted, bool):
            self.refuse(path, f"expected is: [{spec.name}, true] or false, got {wanted!r}")
        return comparisons.same(slot, wanted), said(None, wanted)

    def _present(self, spec: FactSpec, slot: int, parts: list[Any], path: Path) -> Built:
        return comparisons.present(slot), "stated"

    def _matches(self, spec: FactSpec, slot: int, parts: list[Any], path: Path) -> Built:
        given = parts[0]
        if isinstance(given, str) and given in self.codes:
            title, prefixes = self.codes[given]
        elif isinstance(given, list) and given and all(isinstance(one, str) and one for one in given):
            title, prefixes = f"a code that begins with {listed(given, 'or')}", given
        else:
            self.refuse(path, f"expected a list of `diagnoses` or a list of code beginnings, got {given!r}")
        return comparisons.matches(slot, prefixes, spec.type is FactType.CODES), title

    def _operand(self, raw: Any, spec: FactSpec, path: Path) -> Expression:
        """What `spec` is compared with: a literal of its type, or an expression that gives one."""
        if not isinstance(raw, Mapping):
            return expressions.literal(self._value(spec, raw, path), spec.type)
        found = self._expression(raw, spec, path)
        if not comparisons.alike(spec, found.type):
            self.refuse(path, f"{spec.name} is of type {spec.type}, but the expression gives {found.type}")
        return found

    def _expression(self, raw: Mapping[str, Any], spec: FactSpec, path: Path) -> Expression:
        try:
            name = expressions.operation(raw)
        except ValueError as wrong:
            self.refuse(path, str(wrong))
        given = raw[name]
        if name == "fact":
            other = self._fact(given, path)
            return expressions.fact(self.slot(other), other)
        count = 3 if name == "if" else 2
        if not isinstance(given, list) or len(given) != count:
            self.refuse(path, f"expected {name}: a list of {count}")
        if name == "if":
            condition = condition_of(self._node(given[0], (*path, "if", 0)))
            then, otherwise = self._operand(given[1], spec, path), self._operand(given[2], spec, path)
            return expressions.choice(condition, then, otherwise)
        return self._joined(name, given, spec, path)

    def _joined(self, name: str, given: list[Any], spec: FactSpec, path: Path) -> Expression:
        dated = name != "plus"
        kind = FactType.DATE if dated else FactType.DECIMAL
        if (spec.type is FactType.DATE) is not dated or (not dated and spec.type not in NUMBERS):
            self.refuse(path, f"'{name}' gives a {kind}, but {spec.name} is of type {spec.type}")
        one = self._operand(given[0], spec, path)
        number = FactSpec(spec.name, FactType.INTEGER, spec.label) if dated else spec
        other = self._operand(given[1], number, path)
        join = {"plus": expressions.plus, "months_before": expressions.months_before}
        return expressions.joined(one, other, join.get(name, expressions.days_before), kind)


def _single(spec: FactSpec) -> FactSpec:
    """The type of one value of a fact that has several."""
    if spec.type is FactType.CHOICES:
        return FactSpec(spec.name, FactType.CHOICE, spec.label, choices=spec.choices)
    return spec


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the document."""
    yield node
    if isinstance(node, Group):
        for child in node.children:
            yield from walk(child)


def condition_of(node: Node) -> Condition:
    """A tree as closures that call each other: for conditions, of which no trace is kept."""
    if isinstance(node, Comparison):
        slots = frozenset({node.slot}) | (node.operand.slots if node.operand else frozenset())
        return Condition(node.test, node.unknowns, slots)
    below = tuple(condition_of(child) for child in node.children)
    need, turned = node.need, node.negated

    def truth(values: Values) -> Truth:
        found = at_least(need, (child.truth(values) for child in below))
        return negated(found) if turned else found

    def unknowns(values: Values) -> list[int]:
        return [slot for child in below if child.truth(values) is UNKNOWN for slot in child.unknowns(values)]

    return Condition(truth, unknowns, frozenset().union(*(child.slots for child in below)))


def holds(condition: Condition, values: Values) -> bool:
    """Whether a condition is surely met."""
    return condition.truth(values) is MET
