"""Checking criteria packages: they compile, their own cases come out as they say, no licensed code stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..criteria import Package, PackageInvalid, compile_package, read_facts
from ..criteria.problems import Problem
from .licences import licensed
from .reading import Document
from .report import Report


def check_package(document: Document, report: Report) -> None:
    """One package by itself."""
    report.add(document, licensed(document.value))
    try:
        package = compile_package(document.value)
    except PackageInvalid as wrong:
        report.add(document, wrong.problems)
        report.unsound.add(wrong.key)
        report.blind = report.blind or not wrong.key
        return
    if package.key in report.packages:
        report.add(document, [Problem(("key",), f"another file has the key {package.key}")])
    report.packages[package.key] = package
    cases = document.value["cases"]
    report.cases += len(cases)
    report.add(document, _once(document, failures(package, cases)))


def _once(document: Document, problems: Iterator[Problem]) -> Iterator[Problem]:
    """A mistake that cases share by an anchor is told once, for the first of them."""
    seen: set[tuple[int, str]] = set()
    for problem in problems:
        mark = document.line(problem.path), problem.cause.rpartition("': ")[2]
        if mark not in seen:
            seen.add(mark)
            yield problem


def check_named(document: Document, report: Report) -> None:
    """That the services which a package speaks of are in the catalogue (when there is one)."""
    if not report.services or not isinstance(document.value, dict):
        return
    for path, named in _services(document.value):
        for place, service in enumerate(named):
            if service not in report.services:
                report.add(document, [Problem((*path, place), f"there is no service {service!r} in services.yaml")])


def _services(value: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Sequence[object]]]:
    if isinstance(named := value.get("services"), list):
        yield ("services",), named
    facts = value.get("facts")
    for name, fact in facts.items() if isinstance(facts, dict) else ():
        count = fact.get("count") if isinstance(fact, dict) else None
        if isinstance(count, dict) and isinstance(counted := count.get("services"), list):
            yield ("facts", name, "count", "services"), counted


def failures(package: Package, cases: list[dict[str, Any]]) -> Iterator[Problem]:
    """Which of a package's own cases come out otherwise than they say."""
    truths = {case["truth"] for case in cases}
    for wanted in sorted({"met", "not_met"} - truths):
        yield Problem(("cases",), f"no case expects {wanted}: a package shows at least one of each")
    for place, case in enumerate(cases):
        facts, errors = read_facts(package.facts, case["facts"])
        for name, cause in errors.items():
            yield Problem(("cases", place, "facts", name), f"case {case['name']!r}: {cause}")
        if not errors:
            for path, cause in _differences(package, case, facts):
                yield Problem(("cases", place, *path), f"case {case['name']!r}: {cause}")


def _differences(package: Package, case: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[Problem]:
    found = package.evaluate(facts)
    if found.truth.value != case["truth"]:
        told = [f"{one.id} {one.truth.value}" for one in found.criteria if one.truth is not found.criteria[0].truth.MET]
        yield Problem(("truth",), f"expected {case['truth']}, got {found.truth.value} ({', '.join(told) or 'all met'})")
    named: dict[str, dict[str, str]] = {
        "criteria": {one.id: one.truth.value for one in found.criteria},
        "leaves": {one.id: one.truth.value for one in found.leaves},
    }
    for kind, got in named.items():
        for name, expected in case.get(kind, {}).items():
            if name not in got:
                yield Problem((kind, name), f"there is no {name!r} among the {kind}: {', '.join(got)}")
            elif got[name] != expected:
                yield Problem((kind, name), f"{name}: expected {expected}, got {got[name]}")
    if "deciding" in case and sorted(case["deciding"]) != sorted(found.deciding):
        got_names = ", ".join(found.deciding) or "nothing"
        yield Problem(("deciding",), f"expected {', '.join(case['deciding']) or 'nothing'}, got {got_names}")
