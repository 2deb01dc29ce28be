"""Criteria beside facts: what was judged when the request came, with each fact, its source and what was expected.

Works on the document that was stored with the line, so that a reviewer reads what the rules read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forthwith.interfaces.web.presenting.line import shown_code

TRUTHS = {"met": ("met", "check", "Met", "approve"), "not_met": ("no", "x", "Not met", "deny")}
UNCLEAR = ("unclear", "circle-question-mark", "Not stated", "pend")
SOURCES = {"answer": "Answered by the office", "history": "From care approved before", "record": "From the request and the member’s record"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FactShown:
    """A fact in words with who said so."""

    text: str
    source: str
    is_stated: bool
    expected: str


@dataclass(frozen=True, slots=True)
class CriterionShown:
    """A criterion as judged, beside its facts."""

    number: int
    text: str
    cite: str
    css: str
    icon: str
    word: str
    tone: str
    facts: tuple[FactShown, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many criteria are met, not met, and not stated."""

    met: int
    unmet: int
    unclear: int

    @property
    def whole(self) -> int:
        """All of them."""
        return self.met + self.unmet + self.unclear

    @property
    def words(self) -> str:
        """`4 met, 1 not met, 1 not stated`"""
        counted = ((self.met, "met"), (self.unmet, "not met"), (self.unclear, "not stated"))
        return ", ".join(f"{number} {word}" for number, word in counted if number)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The criteria of one line."""

    title: str
    source: str
    source_id: str
    url: str
    version: str
    tally: Tally
    criteria: tuple[CriterionShown, ...]


def tally(lines: Iterable[Any]) -> Tally:
    """The tally over the lines' stored criteria; lines that were judged alike count once."""
    documents = [lines_[0].criteria for lines_ in alike(lines)]
    truths = [one["truth"] for document in documents for one in (document or {}).get("criteria", ())]
    met, unmet = truths.count("met"), truths.count("not_met")
    return Tally(met, unmet, len(truths) - met - unmet)


def alike(lines: Iterable[Any]) -> list[list[Any]]:
    """The lines in order, those with the very same evaluation together."""
    groups: list[list[Any]] = []
    for line in lines:
        same = next((one for one in groups if line.criteria and one[0].criteria == line.criteria), None)
        if same is None:
            groups.append([line])
        else:
            same.append(line)
    return groups


def sheet(lines: Sequence[Any], packages: Mapping[str, Any]) -> Sheet | None:
    """The criteria of lines that were judged alike; packages give words to values. None where there are none."""
    line = lines[0]
    document = line.criteria or {}
    package = packages.get(document.get("package", ""))
    if not document.get("criteria"):
        return None
    leaves = {leaf["id"]: leaf for leaf in document.get("leaves", ())}
    source = next(iter(document.get("source", ())), {})
    return Sheet(
        title=_title(lines),
        source=f"{source.get('type', '')} {source.get('id', '')}, {source.get('title', '')}".strip(" ,"),
        source_id=str(source.get("id", "")), url=str(source.get("url", "")),
        version=f"{document['package']} {document['version']}", tally=tally([line]),
        criteria=tuple(
            _criterion(number, one, leaves, package)
            for number, one in enumerate(document["criteria"], start=1)
        ),
    )  # fmt: skip


def _title(lines: Sequence[Any]) -> str:
    numbers = " and ".join(str(line.sequence) for line in lines)
    names = dict.fromkeys(f"{shown_code(line.service)} {line.service_name}" for line in lines)
    return f"Line{'s' if len(lines) > 1 else ''} {numbers}: {', '.join(names)}"


def _criterion(number: int, one: Mapping[str, Any], leaves: Mapping[str, Any], package: Any | None) -> CriterionShown:
    css, icon, word, tone = TRUTHS.get(one["truth"], UNCLEAR)
    held = [leaves[name] for name in one["leaves"] if name in leaves]
    by_fact: dict[str, Any] = {}
    for leaf in sorted(held, key=lambda leaf: bool(leaf.get("exemption"))):
        by_fact.setdefault(leaf["fact"], leaf)
    facts = tuple(_fact(leaf, package, one["truth"]) for leaf in by_fact.values())
    return CriterionShown(number, one["text"], one.get("cite", ""), css, icon, word, tone, facts)


def _fact(leaf: Mapping[str, Any], package: Any | None, truth: str) -> FactShown:
    label, value = label_of(leaf, package), leaf.get("value")
    expected = "" if truth == "met" or leaf.get("exemption") else str(leaf.get("expected", ""))
    if value is None:
        return FactShown(f"{label}: not stated", "", False, expected)
    said = package.say(leaf["fact"], value) if package else str(value)
    return FactShown(f"{label}: {said}", SOURCES.get(leaf.get("source", ""), ""), True, expected)


def label_of(leaf: Mapping[str, Any], package: Any | None) -> str:
    """The fact's name in words: of its package, else out of the comparison's own text."""
    spec = package.facts.get(leaf["fact"]) if package else None
    return str(spec.label) if spec else str(leaf.get("text", "")).partition(":")[0]


def missing(lines: Iterable[Any], packages: Mapping[str, Any]) -> list[str]:
    """What would decide and is not stated, as questions to the office, each once."""
    words: dict[str, None] = {}
    for line in lines:
        package = packages.get((line.criteria or {}).get("package", ""))
        deciding = (line.criteria or {}).get("deciding", ())
        asked = {question.fact: question.wording for question in package.questions} if package else {}
        words |= dict.fromkeys(asked[fact] for fact in deciding if fact in asked)
    return list(words)


def answers(row: Any, packages: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The office's answers as it was asked, package by package."""
    shown = []
    for key, given in row.answers.items():
        package = packages.get(key)
        for question in package.questions if package else ():
            if given.get(question.key) is not None:
                shown.append((question.wording, str(package.say(question.fact, given[question.key]))))
    return shown
