"""Policies as text: read with line numbers, checked as a whole, their own test cases run.

Given the texts by file name, this room names every mistake by file, line and
cause. Opening files is the caller's work; what a package means is in `criteria`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import jsonschema_rs
import yaml

from . import requirements
from .criteria import Package, PackageInvalid, compile_package, read_facts
from .criteria.problems import Path, Problem, where
from .policy_schemas import REQUIREMENTS, SERVICES

MOST_NODES = 100_000


class Finding(NamedTuple):
    """One mistake: the file, the line (from 1; 0 when the whole file is meant) and the cause."""

    file: str
    line: int
    cause: str

    def __str__(self) -> str:
        """As compilers write it: `file:line: cause`."""
        return f"{self.file}:{self.line}: {self.cause}" if self.line else f"{self.file}: {self.cause}"


@dataclass
class Document:
    """A parsed policy file and the line of each of its parts."""

    name: str
    value: Any
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of the part, or of the nearest part above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, problem: Problem) -> Finding:
        """A problem at a path as a finding at a line."""
        place = where(problem.path)
        return Finding(self.name, self.line(problem.path), f"{place}: {problem.cause}" if place else problem.cause)


@dataclass
class Report:
    """What a check found, and how much it looked at."""

    findings: list[Finding] = field(default_factory=list)
    packages: dict[str, Package] = field(default_factory=dict)
    unsound: set[str] = field(default_factory=set)
    services: int = 0
    rules: int = 0
    cases: int = 0

    def document(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        return {
            "ok": not self.findings,
            "packages": [
                {"key": one.key, "version": one.version, "title": one.title} for one in self.packages.values()
            ],
            "services": self.services,
            "rules": self.rules,
            "cases": self.cases,
            "errors": [finding._asdict() for finding in self.findings],
        }


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C one is 8 times faster
    """Plain YAML in which a day stays text, as in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in several if tag != "tag:yaml.org,2002:timestamp"]
    for first, several in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str, name: str) -> Document:
    """The document of a YAML (or JSON) text. Mistakes of writing are in `problems`; it never raises."""
    document = Document(name, None)
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            document.problems.append(Finding(name, 0, "the file is empty"))
        else:
            document.value = _Builder(loader, document).build(node, ())
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 0
        document.problems.append(Finding(name, line, f"not YAML: {wrong.problem or wrong}"))
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        document.problems.append(Finding(name, 0, f"not YAML: {' '.join(str(wrong).split())}"))
    return document


class _Builder:
    """Values from YAML nodes, with the line of each and a word on keys that stand there twice."""

    def __init__(self, loader: _Loader, document: Document) -> None:
        self.loader = loader
        self.document = document
        self.count = 0

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.count += 1
        if self.count > MOST_NODES or len(path) > 60:
            raise ValueError("the document is too large or refers to itself")
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, place)) for place, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return self.loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                several = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                for one in several:
                    if not isinstance(one, yaml.MappingNode):
                        raise ValueError(f"line {one.start_mark.line + 1}: << takes a mapping")
                    merged = {**self._mapping(one, path), **merged}
                continue
            key = str(self.loader.construct_object(key_node))
            line = key_node.start_mark.line + 1
            if key in own:
                self.document.problems.append(Finding(self.document.name, line, f"the key {key!r} stands there twice"))
            self.document.lines[(*path, key)] = line
            own[key] = self.build(value_node, (*path, key))
        return {**merged, **own}


def check(files: Mapping[str, str]) -> Report:
    """Checks texts by file name (`packages/…`, `requirements/…`, `services.yaml`); passes over others."""
    report = Report()
    documents = [read(text, name) for name, text in sorted(files.items()) if _known(name)]
    for document in documents:
        report.findings += document.problems
    sound = [document for document in documents if document.value is not None]
    for document in sound:
        if document.name.startswith("packages/"):
            _check_package(document, report)
    services: set[str] = set()
    for document in sound:
        if document.name == "services.yaml":
            services |= _check_services(document, report)
    for document in sound:
        if document.name.startswith("requirements/"):
            _check_rules(document, services, report)
    if services:
        _check_asked(sound, services, report)
    report.findings = sorted(set(report.findings))
    return report


def _known(name: str) -> bool:
    return name == "services.yaml" or name.startswith(("packages/", "requirements/"))


def _check_package(document: Document, report: Report) -> None:
    try:
        package = compile_package(document.value)
    except PackageInvalid as wrong:
        report.findings += [document.finding(problem) for problem in wrong.problems]
        report.unsound.add(wrong.key)
        return
    if package.key in report.packages:
        report.findings.append(
            Finding(document.name, document.line(("key",)), f"another file has the key {package.key}")
        )
    report.packages[package.key] = package
    report.cases += len(document.value["cases"])
    report.findings += [document.finding(problem) for problem in failures(package, document.value["cases"])]


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


_SERVICES = jsonschema_rs.validator_for(SERVICES)
_REQUIREMENTS = jsonschema_rs.validator_for(REQUIREMENTS)


def _shaped(document: Document, validator: Any, report: Report) -> bool:
    errors = [Problem(tuple(error.instance_path), error.message) for error in validator.iter_errors(document.value)]
    report.findings += [document.finding(problem) for problem in errors]
    return not errors


def _check_services(document: Document, report: Report) -> set[str]:
    if not _shaped(document, _SERVICES, report):
        return set()
    keys: set[str] = set()
    codes: set[tuple[str, str]] = set()
    for place, service in enumerate(document.value["services"]):
        path: Path = ("services", place)
        if service["key"] in keys:
            report.findings.append(document.finding(Problem((*path, "key"), f"{service['key']} stands there twice")))
        keys.add(service["key"])
        for number, coding in enumerate(service.get("codings", ())):
            pair = (coding["system"], coding["code"])
            if pair in codes:
                cause = f"the code {coding['code']} means two services"
                report.findings.append(document.finding(Problem((*path, "codings", number), cause)))
            codes.add(pair)
        package = service.get("package")
        if package in report.unsound:
            continue
        if package and package not in report.packages:
            report.findings.append(document.finding(Problem((*path, "package"), f"there is no package {package!r}")))
        elif package and service["key"] not in report.packages[package].services:
            cause = f"package {package} does not name {service['key']} among its services"
            report.findings.append(document.finding(Problem((*path, "package"), cause)))
    report.services = len(keys)
    return keys


def _check_rules(document: Document, services: set[str], report: Report) -> None:
    if not _shaped(document, _REQUIREMENTS, report):
        return
    seen: set[tuple[str, str]] = set()
    for place, given in enumerate(document.value["rules"]):
        for cause, path in _rule_mistakes(given, services, seen):
            report.findings.append(document.finding(Problem(("rules", place, *path), cause)))
    if not any(finding.file == document.name for finding in report.findings):
        report.rules += len(requirements.read_rules(document.value))


def _rule_mistakes(
    given: Mapping[str, Any], services: set[str], seen: set[tuple[str, str]]
) -> Iterator[tuple[str, Path]]:
    days: dict[str, date] = {}
    for name in ("effective_from", "effective_to"):
        if text := given.get(name):
            try:
                days[name] = date.fromisoformat(text)
            except ValueError:
                yield f"{text} is no day of the calendar", (name,)
    if len(days) == 2 and days["effective_to"] < days["effective_from"]:
        yield "ends before it begins", ("effective_to",)
    pair = (given["id"], str(given.get("effective_from")))
    if pair in seen:
        yield f"two rules have the id {given['id']!r} and the same first day", ("id",)
    seen.add(pair)
    if given["answer"] == "other_owner" and not given.get("owner"):
        yield "names no owner: who decides instead?", ("answer",)
    named = given.get("when", {}).get("service", [])
    for service in [named] if isinstance(named, str) else named:
        if services and service not in services:
            yield f"there is no service {service!r} in services.yaml", ("when", "service")


def _check_asked(documents: list[Document], services: set[str], report: Report) -> None:
    for document in documents:
        if document.name.startswith("packages/") and isinstance(document.value, dict):
            for place, service in enumerate(document.value.get("services") or ()):
                if service not in services:
                    cause = f"there is no service {service!r} in services.yaml"
                    report.findings.append(document.finding(Problem(("services", place), cause)))
