"""Small criteria packages for tests, and the packages of this repository."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from forthwith.domain import policies
from forthwith.domain.criteria import Fact, Package, compile_package, read_facts

POLICIES = Path(__file__).resolve().parents[2] / "policies"
TRUTHS = {True: "met", False: "not_met", None: "unknown"}


def texts() -> dict[str, str]:
    """All policy texts by file name."""
    return {path.relative_to(POLICIES).as_posix(): path.read_text() for path in POLICIES.rglob("*.yaml")}


def document(**changes: Any) -> dict[str, Any]:
    """A small sound package; `changes` replace its parts."""
    return {
        "format": 1,
        "key": "TEST",
        "version": "1",
        "title": "A test",
        "program": "MSK",
        "sample": False,
        "status": "ACTIVE",
        "source": [
            {
                "type": "LCD",
                "id": "L1",
                "title": "T",
                "url": "https://example.org/1",
                "retrieved": "2026-11-23",
            }
        ],
        "jurisdiction": "National",
        "effective_from": "2026-01-01",
        "services": ["SVC:TEST"],
        "questions": [{"key": "weeks", "type": "integer", "wording": "For how many weeks?", "unit": "weeks"}],
        "criteria": {"all": [{"id": "long", "text": "At least 4 weeks", "gte": ["weeks", 4]}]},
        "on_met": {"action": "approve", "units": 1, "days": 60},
        "cases": [
            {"name": "long", "facts": {"weeks": 4}, "truth": "met"},
            {"name": "short", "facts": {"weeks": 3}, "truth": "not_met"},
        ],
        **changes,
    }


def booleans(tree: Any, names: str, **changes: Any) -> Package:
    """A package over yes-or-no facts named by single letters, with `tree` as its one criterion."""
    questions = [{"key": name, "type": "boolean", "wording": f"Is {name} so?"} for name in names]
    unused = {"all": [{"any": [{"is": name}, {"is": [name, False]}, {"present": name}]} for name in names]}
    # Facts that the tree does not use stay in the package by a condition that nobody needs to meet.
    last = {"key": "note", "type": "text", "wording": "Note?", "shown_if": unused}
    criteria = {"all": [{"id": "top", "text": "The tree", **tree}]}
    return compile_package(document(questions=[*questions, last], criteria=criteria, **changes))


def told(**values: Any) -> dict[str, Fact]:
    """Answers as facts; None is not told."""
    return {name: Fact(value) for name, value in values.items() if value is not None}


@cache
def package(name: str) -> Package:
    """A package of this repository by file name without folder."""
    return compile_package(source(name))


@cache
def source(name: str) -> dict[str, Any]:
    """Its document."""
    (path,) = POLICIES.glob(f"packages/*/{name}.yaml")
    value = policies.read(path.read_text(), path.name).value
    assert isinstance(value, dict)
    return value


def case_facts(name: str, case: str) -> dict[str, Fact]:
    """The facts of one of its cases."""
    found = next(one for one in source(name)["cases"] if one["name"] == case)
    facts, errors = read_facts(package(name).facts, found["facts"])
    assert not errors
    return facts
