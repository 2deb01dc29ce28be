"""A criteria package: questions, criteria and what follows when they are met, compiled from one document.

A package says met, not met or unknown. It never denies: what is not met is
read by a person. Where packages are kept and which one is in force is not
known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from .evaluation import Criterion, Evaluation, Leaf
from .facts import ANSWER, HISTORY, RECORD, STANDARD, Count, Fact, FactSpec, read_value, within
from .problems import nearest
from .program import Program
from .questions import Question, read_answers
from .tree import holds
from .truth import MET, NOT_MET
from .words import lowered, said


class Source(NamedTuple):
    """A public text that criteria rest on."""

    type: str
    id: str
    title: str
    url: str
    retrieved: str

    @property
    def short(self) -> str:
        """As letters cite it: `LCD L33906`."""
        return f"{self.type if self.type in ('NCD', 'LCD') else self.type.capitalize()} {self.id}"


class OnMet(NamedTuple):
    """What a rule may approve when all is met: at most so many units, for so many days from the first."""

    action: str
    units: int
    days: int


class CodeList(NamedTuple):
    """A named list of ICD-10-CM codes or beginnings of codes."""

    title: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Package:
    """A compiled criteria package. Made by `compile_package`; safe to share between threads."""

    key: str
    version: str
    title: str
    summary: str
    program: str
    sample: bool
    status: str
    jurisdiction: str
    sources: tuple[Source, ...]
    effective_from: date
    effective_to: date | None
    services: tuple[str, ...]
    diagnoses: Mapping[str, CodeList]
    documents: tuple[str, ...]
    questions: tuple[Question, ...]
    on_met: OnMet
    facts: Mapping[str, FactSpec]
    _program: Program
    _slots: Mapping[str, int]

    @property
    def source(self) -> list[dict[str, str]]:
        """The sources as documents hold them: type, id, title, url, retrieved."""
        return [one._asdict() for one in self.sources]

    @property
    def history(self) -> Mapping[str, Count]:
        """The facts that the ledger of past care must supply, and how each is counted."""
        return {name: spec.count for name, spec in self.facts.items() if spec.count}

    def in_force(self, on: date) -> bool:
        """Whether the package applies on that day (both ends included)."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def evaluate(self, facts: Mapping[str, Fact]) -> Evaluation:
        """Holds the criteria against the facts. Facts that the package does not use are ignored."""
        held, values = self._program.take(facts)
        return Evaluation(self.key, self.version, self._program, held, self._program.run(values))

    def visible_questions(
        self, answers: Mapping[str, object], context: Mapping[str, object] | None = None
    ) -> tuple[Question, ...]:
        """The questions to show now: those without a condition, and those whose condition is surely met.

        `context` holds what is known without asking (see `facts_from`).
        """
        return self._shown(answers, self._known(context or {}))[0]

    def read_answers(
        self, raw: Mapping[str, Any], *, today: date | None = None
    ) -> tuple[dict[str, object], dict[str, str]]:
        """Typed answers and plain-word errors, by question key. `today` is the day in the plan's zone."""
        return read_answers(self.questions, raw, today=today)

    def facts_from(self, answers: Mapping[str, object], context: Mapping[str, object] | None = None) -> dict[str, Fact]:
        """All facts for an evaluation, each with its source.

        `answers` are typed, by question key; those of questions that are not shown do not count. `context`
        holds facts by name (`line.units`, `member.age`, `history.…`), as Fact or as bare values. What
        the record says stands above an answer; of two counts from history and answer the larger stands,
        since a ledger misses care that others paid for.
        """
        return self._shown(answers, self._known(context or {}))[1]

    def say(self, fact: str, value: object) -> str:
        """A value of a fact in plain words with its unit: `7 weeks`, `Yes`, `September 21, 2026`."""
        return said(self.facts.get(fact) or STANDARD.get(fact), value)

    def why(self, evaluation: Evaluation) -> list[str]:
        """Why not all is met, as sentences for a letter: first what is not met, then what is missing."""
        leaves = {leaf.id: leaf for leaf in evaluation.leaves}
        unmet = [self._sentence(one, leaves) for one in evaluation.criteria if one.truth is NOT_MET]
        open_ = [self._sentence(one, leaves) for one in evaluation.criteria if one.truth not in (MET, NOT_MET)]
        return unmet + open_ if evaluation.truth is not MET else []

    def _sentence(self, criterion: Criterion, leaves: Mapping[str, Leaf]) -> str:
        unmet = criterion.truth is NOT_MET
        text = (self._unmet.get(criterion.id) if unmet else None) or criterion.text
        open_ = [leaf for leaf in map(leaves.__getitem__, criterion.leaves) if leaf.truth is criterion.truth]
        told = [leaf for leaf in open_ if not leaf.exemption] or open_
        parts = dict.fromkeys(self._told(leaf) for leaf in told)
        verdict = "Not met" if unmet else "Not shown yet"
        return f"{verdict}: {text.rstrip('.')} ({criterion.cite}). {' '.join(parts)}".strip()

    @property
    def _unmet(self) -> dict[str, str]:
        return {one.note.id: one.note.unmet for one in self._program.criteria if one.note.unmet}

    def _told(self, leaf: Leaf) -> str:
        spec = self.facts.get(leaf.fact) or STANDARD[leaf.fact]
        if leaf.value is None:
            return f"{spec.label}: not stated."
        return f"{spec.label}: {lowered(said(spec, leaf.value))}; expected {lowered(leaf.expected)}."

    def _known(self, context: Mapping[str, object]) -> dict[str, Fact]:
        return {name: self._fact(name, value) for name, value in context.items() if value is not None}

    def _fact(self, name: str, value: object) -> Fact:
        spec = self.facts.get(name) or STANDARD.get(name)
        label = spec.label if spec else name
        if isinstance(value, Fact):
            return value if value.label else value._replace(label=label)
        return Fact(value, HISTORY if name.startswith("history.") else RECORD, label)

    def _shown(
        self, answers: Mapping[str, object], known: dict[str, Fact]
    ) -> tuple[tuple[Question, ...], dict[str, Fact]]:
        """Questions in order, each seeing only the facts before it: so one pass is enough."""
        facts = dict(known)
        values: list[Any] = [None] * len(self._slots)
        for name, slot in self._slots.items():
            if name in facts:
                values[slot] = facts[name].value
        shown = []
        for question in self.questions:
            if question.shown_if and not holds(question.shown_if, values):
                continue
            shown.append(question)
            fact = self._answered(question, answers.get(question.key), known.get(question.fact))
            if fact is not None:
                facts[question.fact] = fact
                if question.fact in self._slots:
                    values[self._slots[question.fact]] = fact.value
        return tuple(shown), facts

    def _answered(self, question: Question, answer: object, known: Fact | None) -> Fact | None:
        if answer is None:
            return known
        fact = Fact(answer, ANSWER, question.label)
        if known is None:
            return fact
        spec = self.facts.get(question.fact)
        if spec and spec.count and isinstance(answer, int) and isinstance(known.value, int):
            return max(known, fact, key=lambda one: one.value if isinstance(one.value, int) else 0)
        return known


def read_fact(spec: FactSpec, raw: object) -> Fact:
    """A fact from JSON or YAML: a bare value, or `{value: …, source: …}`. Raises ValueError."""
    source = spec.source
    if isinstance(raw, Mapping):
        if unknown := set(raw) - {"value", "source", "label"}:
            raise ValueError(f"a fact has value and source, not {', '.join(sorted(map(str, unknown)))}")
        source = str(raw.get("source", source))
        raw = raw.get("value")
        if source not in (ANSWER, HISTORY, RECORD):
            raise ValueError(f"a source is answer, history or record, not {source!r}")
    return Fact(None if raw is None else within(spec, read_value(spec, raw)), source, spec.label)


def read_facts(specs: Mapping[str, FactSpec], raw: Mapping[str, object]) -> tuple[dict[str, Fact], dict[str, str]]:
    """Facts by name, and what is wrong by name: an unknown name, a value of the wrong type."""
    facts: dict[str, Fact] = {}
    errors: dict[str, str] = {}
    for name, value in raw.items():
        spec = specs.get(name) or STANDARD.get(name)
        if spec is None:
            errors[name] = f"unknown fact {name!r}{nearest(name, {**STANDARD, **specs})}"
            continue
        try:
            fact = read_fact(spec, value)
        except ValueError as wrong:
            errors[name] = str(wrong)
            continue
        if fact.value is not None:
            facts[name] = fact
    return facts, errors
