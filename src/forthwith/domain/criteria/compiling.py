"""From a document to a package: every mistake found and named, then everything made ready to run.

A package is compiled once per version and used for every case. Reading files
and storing packages stay outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from .facts import HISTORY, NUMBERS, RECORD, STANDARD, Count, FactSpec, FactType
from .package import CodeList, OnMet, Package, Source
from .problems import PackageInvalid, Path, Problem
from .program import Program
from .questions import LONGEST_TEXT, NOT_RECORDED, Choice, Question
from .reach import unreachable
from .schema import STATUS, misfits
from .tree import Node, Reader, walk


def compile_package(document: Mapping[str, Any]) -> Package:
    """The package of a document parsed from YAML. Raises PackageInvalid with every problem."""
    plain = _undated(document)
    key = str(plain.get("key", "")) if isinstance(plain, dict) else ""
    if shape := list(misfits(plain)):
        raise PackageInvalid(key, shape)
    maker = _Maker(plain)
    package = maker.package()
    if maker.problems or package is None:
        raise PackageInvalid(key, sorted(maker.problems, key=lambda problem: tuple(map(str, problem.path))))
    return package


def _undated(value: Any) -> Any:
    """The document as JSON holds it: YAML loaders turn days into dates."""
    if isinstance(value, Mapping):
        return {key: _undated(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_undated(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


class _Maker:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def wrong(self, path: Path, cause: str) -> None:
        self.problems.append(Problem(path, cause))

    def package(self) -> Package | None:
        document = self.document
        declared = self._declared()
        asked = [self._question(given, declared, place) for place, given in enumerate(document.get("questions", ()))]
        facts = {**declared, **self._fed(asked, declared)}
        codes = {
            name: CodeList(one["title"], tuple(one["codes"])) for name, one in document.get("diagnoses", {}).items()
        }
        reader = Reader(facts, codes)
        questions = self._with_conditions(asked, reader)
        root = reader.node(document["criteria"], ("criteria",))
        self.problems += reader.problems
        self._sources()
        first, last = self._days()
        if root is None or self.problems:
            return None
        self._names(root)
        self._used(questions, reader, root, codes)
        for place in unreachable(questions, reader.facts, reader.slots):
            self.wrong(("questions", place, "shown_if"), f"question {questions[place].key!r} can never be shown")
        slots = {name: reader.facts[name] for name in reader.slots}
        sources = tuple(Source(**source) for source in document["source"])
        cites = {"": sources[0].short, **{source.id: source.short for source in sources}}
        return Package(
            key=document["key"],
            version=document["version"],
            title=document["title"],
            summary=document.get("summary", ""),
            program=document["program"],
            sample=document["sample"],
            status=document["status"],
            jurisdiction=document["jurisdiction"],
            sources=sources,
            effective_from=first,
            effective_to=last,
            services=tuple(document["services"]),
            diagnoses=codes,
            documents=tuple(document.get("documents", ())),
            questions=tuple(questions),
            on_met=OnMet(**document["on_met"]),
            facts=facts,
            _program=Program(root, slots, cites),
            _slots=dict(reader.slots),
        )

    def _declared(self) -> dict[str, FactSpec]:
        specs = {}
        for name, given in self.document.get("facts", {}).items():
            if name in STANDARD:
                self.wrong(("facts", name), f"{name} is a fact of every request and need not be declared")
            count = given.get("count")
            if count and (given["type"] != "integer" or not name.startswith("history.")):
                self.wrong(("facts", name, "count"), "only a whole number named history.… can be counted")
            specs[name] = FactSpec(
                name=name,
                type=FactType(given["type"]),
                label=given["label"],
                unit=given.get("unit", ""),
                source=given.get("source", HISTORY if name.startswith("history.") else RECORD),
                count=Count(tuple(count["services"]), count["months"], count.get("per", "")) if count else None,
            )
        return specs

    def _question(self, given: Mapping[str, Any], declared: Mapping[str, FactSpec], place: int) -> Question:
        fact = given.get("fact", given["key"])
        known = declared.get(fact) or STANDARD.get(fact)
        path: Path = ("questions", place)
        kind = FactType(given["type"])
        if known and known.type is not kind:
            self.wrong((*path, "type"), f"{fact} is of type {known.type.value}, the question of type {kind.value}")
        self._bounds(given, kind, path)
        return Question(
            key=given["key"],
            type=kind,
            wording=given["wording"],
            fact=fact,
            label=given.get("label") or (known.label if known else given["wording"].rstrip("?")),
            help=given.get("help", ""),
            why=given.get("why", ""),
            group=given.get("group", ""),
            unit=given.get("unit") or (known.unit if known else ""),
            minimum=_number(given.get("minimum")),
            maximum=_number(given.get("maximum")),
            choices=tuple(Choice(**choice) for choice in given.get("choices", ())),
            not_in_future=given.get("not_in_future", False),
            longest=given.get("longest", LONGEST_TEXT),
        )

    def _bounds(self, given: Mapping[str, Any], kind: FactType, path: Path) -> None:
        offered = [choice["value"] for choice in given.get("choices", ())]
        chosen = kind in (FactType.CHOICE, FactType.CHOICES)
        if chosen is not bool(offered):
            self.wrong(path, "a question of type choice or choices, and no other, lists its choices")
        for value in sorted({value for value in offered if offered.count(value) > 1}):
            self.wrong((*path, "choices"), f"choice {value!r} stands there twice")
        for value in sorted(NOT_RECORDED & set(offered)):
            self.wrong((*path, "choices"), f"{value!r} means “no answer” and cannot be a choice")
        low, high = given.get("minimum"), given.get("maximum")
        if kind not in NUMBERS and (low is not None or high is not None):
            self.wrong(path, "only numbers have a minimum or a maximum")
        if low is not None and high is not None and low > high:
            self.wrong(path, f"the minimum {low} is above the maximum {high}")
        if given.get("not_in_future") and kind is not FactType.DATE:
            self.wrong((*path, "not_in_future"), "only a date can be in the future")

    def _fed(self, asked: Iterable[Question], declared: Mapping[str, FactSpec]) -> dict[str, FactSpec]:
        specs: dict[str, FactSpec] = {}
        keys: set[str] = set()
        for place, question in enumerate(asked):
            if question.key in keys:
                self.wrong(("questions", place, "key"), f"another question has the key {question.key!r}")
            keys.add(question.key)
            if question.fact in specs:
                self.wrong(("questions", place, "fact"), f"another question feeds the fact {question.fact!r}")
            known = declared.get(question.fact)
            own = question.spec()
            specs[question.fact] = own if known is None else _merged(known, own)
        return {name: spec for name, spec in specs.items() if name not in STANDARD}

    def _with_conditions(self, asked: list[Question], reader: Reader) -> list[Question]:
        questions = []
        order = {question.fact: place for place, question in enumerate(asked)}
        for place, (question, given) in enumerate(zip(asked, self.document.get("questions", ()), strict=True)):
            condition = None
            if "shown_if" in given:
                path: Path = ("questions", place, "shown_if")
                condition = reader.condition(given["shown_if"], path)
                named = {name: slot for name, slot in reader.slots.items() if condition and slot in condition.slots}
                for name in sorted(named):
                    if order.get(name, -1) >= place:
                        self.wrong(path, f"hangs on {name!r}, which is asked only here or later")
            questions.append(replace(question, shown_if=condition))
        return questions

    def _sources(self) -> None:
        ids = {source["id"] for source in self.document["source"]}
        root = self.document["criteria"]
        for name in ("all", "any", "of"):
            for place, criterion in enumerate(root.get(name, ())):
                if "cite" in criterion and criterion["cite"] not in ids:
                    self.wrong(
                        ("criteria", name, place, "cite"),
                        f"{criterion['cite']!r} is none of the package's sources",
                    )
        for place, source in enumerate(self.document["source"]):
            self._day(("source", place, "retrieved"), source["retrieved"])
        wanted = STATUS if self.document["sample"] else "ACTIVE"
        if self.document["status"] != wanted:
            kind = "a sample package" if self.document["sample"] else "a package that is no sample"
            self.wrong(("status",), f"{kind} has the status {wanted}")

    def _days(self) -> tuple[date, date | None]:
        first, last = (self._day((name,), self.document.get(name)) for name in ("effective_from", "effective_to"))
        if first and last and last < first:
            self.wrong(("effective_to",), f"{last} is before effective_from {first}")
        return first or date.min, last

    def _day(self, path: Path, text: str | None) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong(path, f"{text} is no day of the calendar")
            return None

    def _names(self, root: Node) -> None:
        seen: set[str] = set()
        for node in walk(root):
            if node.note.id and node.note.id in seen:
                self.wrong(("criteria",), f"two criteria have the id {node.note.id!r}")
            seen.add(node.note.id)

    def _used(self, questions: list[Question], reader: Reader, root: Node, codes: Mapping[str, CodeList]) -> None:
        alike = {spec.count.per for spec in reader.facts.values() if spec.count}
        for place, question in enumerate(questions):
            if question.key in alike or question.type is FactType.TEXT:
                continue
            if question.fact not in reader.slots:
                self.wrong(("questions", place), f"nothing uses the answer to {question.key!r}")
        keys = {question.key for question in questions}
        for name, spec in reader.facts.items():
            if spec.count and spec.count.per and spec.count.per not in keys:
                self.wrong(("facts", name, "count", "per"), f"there is no question {spec.count.per!r}")


def _number(given: float | None) -> Decimal | None:
    return None if given is None else Decimal(str(given))


def _merged(known: FactSpec, own: FactSpec) -> FactSpec:
    """A declared fact that is asked too: the declaration's words, the question's bounds and choices."""
    return FactSpec(
        known.name,
        known.type,
        known.label,
        known.unit or own.unit,
        known.source,
        own.choices,
        own.minimum,
        own.maximum,
        known.count,
    )
