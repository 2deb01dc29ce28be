"""Clinical questions of packages as fields on a page, and what was typed, read back as raw answers.

Raw answers are kept as typed (text, or a list of texts), by package and question, so that an answer that cannot be
read is never lost. Fields are named `a.<package>.<question>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forthwith.domain.criteria import FactType, Package, Question

Raw = dict[str, dict[str, Any]]
KINDS = {
    FactType.BOOLEAN: "choices",
    FactType.CHOICE: "choices",
    FactType.CHOICES: "choices",
    FactType.DATE: "date",
    FactType.INTEGER: "number",
    FactType.DECIMAL: "number",
    FactType.TEXT: "text",
}
YES_NO = (("yes", "Yes", ""), ("no", "No", ""), ("not_recorded", "Not recorded", ""))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it is drawn."""

    id: str
    name: str
    number: int
    kind: str
    wording: str
    hint: str
    why: str
    unit: str
    value: str
    error: str
    arrange: str
    longest: int
    said: str
    source: str = ""
    source_url: str = ""
    choices: list[dict[str, Any]] = field(default_factory=list)
    boxes: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions under one heading."""

    title: str
    cite: str
    questions: list[Asked]


def field_name(package: str, question: str) -> str:
    """The name of a question's field."""
    return f"a.{package}.{question}"


def read_raw(post: Any, packages: Iterable[Package]) -> Raw:
    """The raw answers in a posted form, for the questions of these packages that the form holds."""
    raw: Raw = {}
    for package in packages:
        answers = {}
        for question in package.questions:
            given = [text.strip() for text in post.getlist(field_name(package.key, question.key))]
            if any(given):
                answers[question.key] = given if _is_many(question) else given[0]
        raw[package.key] = answers
    return raw


def _is_many(question: Question) -> bool:
    return question.type in (FactType.CHOICES, FactType.DATE)


def groups(
    packages: Iterable[Package],
    raw: Raw,
    visible: Mapping[str, tuple[Question, ...]],
    errors: Mapping[str, Mapping[str, str]],
) -> list[Group]:
    """The visible questions of each package, grouped as the package groups them and numbered through."""
    shown: list[Group] = []
    number = 0
    for package in packages:
        by_title: dict[str, list[Asked]] = {}
        for question in visible[package.key]:
            number += 1
            error = errors.get(package.key, {}).get(question.key, "")
            value = raw.get(package.key, {}).get(question.key)
            by_title.setdefault(question.group or package.title, []).append(
                _asked(package, question, number, value, error)
            )
        shown += [Group(title, cite(package), asked) for title, asked in by_title.items()]
    return shown


def cite(package: Package) -> str:
    """The package's first source as pages cite it: `LCD L33906`."""
    return package.sources[0].short if package.sources else ""


def _asked(package: Package, question: Question, number: int, value: Any, error: str) -> Asked:
    id_ = f"q-{package.key}-{question.key}".replace(".", "-")
    source = package.sources[0] if package.sources else None
    choices = _choices(question, package, value, id_)
    return Asked(
        id=id_, name=field_name(package.key, question.key), number=number, kind=KINDS[question.type],
        wording=question.wording, hint=question.help, why=question.why, unit=question.unit,
        value=value if isinstance(value, str) else "", error=error, arrange=_arrange(question),
        longest=question.longest, said=_said(question, value), choices=choices, boxes=_boxes(question, value),
        source=source.short if source else "", source_url=source.url if source else "",
    )  # fmt: skip


def _arrange(question: Question) -> str:
    if question.type is FactType.BOOLEAN:
        return "inline"
    return "across" if len(question.choices) > 3 else ""


def _choices(question: Question, package: Package, value: Any, id_: str) -> list[dict[str, Any]]:
    if KINDS[question.type] != "choices":
        return []
    offered = YES_NO if question.type is FactType.BOOLEAN else question.choices
    chosen = value if isinstance(value, list) else [value]
    kind = "checkbox" if question.type is FactType.CHOICES else "radio"
    return [
        {
            "id": f"{id_}-{one[0]}", "name": field_name(package.key, question.key), "value": one[0],
            "text": one[1], "hint": one[2], "checked": one[0] in chosen, "type": kind,
        }
        for one in offered
    ]  # fmt: skip


def _boxes(question: Question, value: Any) -> list[dict[str, str]]:
    if question.type is not FactType.DATE:
        return []
    parts = [*value, "", "", ""] if isinstance(value, list) else _parts(value)
    return [{"label": label, "value": parts[i]} for i, label in enumerate(("Month", "Day", "Year"))]


def _parts(value: Any) -> list[str]:
    pieces = str(value or "").split("-")
    return [pieces[1].lstrip("0"), pieces[2].lstrip("0"), pieces[0]] if len(pieces) == 3 else ["", "", ""]


def _said(question: Question, value: Any) -> str:
    """The answer in words, for the review page."""
    if value in (None, "", []):
        return "Not answered"
    if question.type is FactType.DATE:
        return " / ".join(value) if isinstance(value, list) else str(value)
    labels = {one[0]: one[1] for one in (YES_NO if question.type is FactType.BOOLEAN else question.choices)}
    given = value if isinstance(value, list) else [value]
    text = ", ".join(labels.get(str(one), str(one)) for one in given)
    return f"{text} {question.unit}".strip() if KINDS[question.type] == "number" else text
