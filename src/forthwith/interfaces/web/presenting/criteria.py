"""An evaluation's stored document as a checklist: each criterion with its truth, and what would decide.

Works on the document alone (`Evaluation.document()`), so that a page shows what was judged then, not what would
be judged today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from forthwith.interfaces.web.presenting.line import shown_code

WORDS = {"met": ("approve", "check", "met"), "not_met": ("deny", "x", "not met")}
OPEN = ("pend", "circle-dashed", "not known yet")


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion: its text, tone, glyph, word, and a note where it is not met."""

    text: str
    tone: str
    icon: str
    word: str
    note: str
    truth: str


@dataclass(frozen=True, slots=True)
class Part:
    """The criteria that one line was held against."""

    title: str
    cite: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """All lines' criteria with a headline and a tally in words."""

    headline: str
    tone: str
    tally: str
    parts: tuple[Part, ...]


def _note(criterion: Mapping[str, Any], leaves: Mapping[str, Mapping[str, Any]]) -> str:
    truth = criterion["truth"]
    if truth == "met":
        return ""
    of_it = [leaves[name] for name in criterion["leaves"] if name in leaves]
    wanted = [leaf for leaf in of_it if leaf["truth"] == truth and not leaf.get("exemption")]
    if truth == "not_met":
        return next(
            (f"Expected {leaf['expected']}" for leaf in wanted if leaf.get("expected")),
            "Not met",
        )
    return "Not answered yet" if wanted else "Not known yet"


def rows(document: Mapping[str, Any]) -> tuple[Row, ...]:
    """The criteria of one evaluation document, in the package's order."""
    leaves = {leaf["id"]: leaf for leaf in document.get("leaves", ())}
    return tuple(_row(criterion, leaves) for criterion in document.get("criteria", ()))


def _row(criterion: Mapping[str, Any], leaves: Mapping[str, Mapping[str, Any]]) -> Row:
    tone, icon, word = WORDS.get(criterion["truth"], OPEN)
    note = _note(criterion, leaves)
    return Row(criterion["text"], tone, icon, word, note, criterion["truth"])


def part(document: Mapping[str, Any], *, service: str, name: str, cite: str = "") -> Part:
    """The criteria of one line under its service's name."""
    return Part(title=f"{shown_code(service)} {name}", cite=cite, rows=rows(document))


def checklist(parts: Iterable[Part]) -> Checklist | None:
    """All parts with a headline such as `5 of 7 criteria met`; None when no line has criteria."""
    shown = tuple(part for part in parts if part.rows)
    if not shown:
        return None
    truths = [row.truth for part in shown for row in part.rows]
    met, unmet, whole = truths.count("met"), truths.count("not_met"), len(truths)
    tone = "approve" if met == whole else "pend"
    open_ = whole - met - unmet
    tally = ", ".join(
        text
        for count, text in (
            (met, f"{met} met"),
            (unmet, f"{unmet} not met"),
            (open_, f"{open_} open"),
        )
        if count
    )
    headline = "All criteria are met" if met == whole else f"{met} of {whole} criteria met"
    return Checklist(headline, tone, tally, shown)
