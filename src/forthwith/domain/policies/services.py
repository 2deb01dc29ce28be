"""Checking the service catalogue and the rules that answer "is authorization needed?"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import jsonschema_rs

from .. import requirements
from ..criteria.problems import Path, Problem, misfits, nearest
from . import licences
from .reading import Document
from .report import Report
from .schemas import REQUIREMENTS, SERVICES
from .tenants import Tenant

_SERVICES = jsonschema_rs.validator_for(SERVICES)
_REQUIREMENTS = jsonschema_rs.validator_for(REQUIREMENTS)


def check_services(document: Document, report: Report) -> None:
    """The catalogue: keys once, codes public and of one meaning, packages that know the service."""
    if wrong := list(misfits(_SERVICES, SERVICES, document.value)):
        report.add(document, wrong)
        return
    entries = document.value["services"]
    report.add(document, _twice(entries))
    for place, service in enumerate(entries):
        report.add(document, _package_of(service, ("services", place, "package"), report))
    report.add(document, licences.licensed([{**one, "codings": []} for one in entries], ("services",)))
    report.services |= {service["key"] for service in entries}


def _twice(entries: list[dict[str, Any]]) -> Iterator[Problem]:
    keys: set[str] = set()
    codes: set[tuple[str, str]] = set()
    for place, service in enumerate(entries):
        path: Path = ("services", place)
        if service["key"] in keys:
            yield Problem((*path, "key"), f"{service['key']} stands there twice")
        keys.add(service["key"])
        for number, one in enumerate(service.get("codings", ())):
            pair = one["system"], one["code"]
            yield from licences.coding(*pair, (*path, "codings", number))
            if pair in codes:
                yield Problem((*path, "codings", number), f"the code {one['code']} means two services")
            codes.add(pair)


def _package_of(service: Mapping[str, Any], path: Path, report: Report) -> Iterator[Problem]:
    package = service.get("package")
    if not package:
        return
    if report.lacks(package):
        yield Problem(path, f"there is no package {package!r}{nearest(package, report.packages)}")
    elif package in report.packages and service["key"] not in report.packages[package].services:
        yield Problem(path, f"package {package} does not name {service['key']} among its services")


def check_rules(document: Document, tenants: Mapping[str, Tenant], report: Report) -> None:
    """The rules of one tenant: days, names that exist, and no two that contradict each other with equal weight."""
    if wrong := list(misfits(_REQUIREMENTS, REQUIREMENTS, document.value)):
        report.add(document, wrong)
        return
    seen: set[tuple[str, str]] = set()
    tenant = tenants.get(document.value["tenant"])
    if tenants and tenant is None:
        report.add(document, [Problem(("tenant",), f"there is no tenant {document.value['tenant']!r}")])
    wrong = list(licences.licensed(document.value))
    for place, given in enumerate(document.value["rules"]):
        path: Path = ("rules", place)
        wrong += [Problem((*path, *inner), cause) for cause, inner in _mistakes(given, tenant, seen, report)]
    report.add(document, wrong)
    if not wrong:
        report.add(document, contradictions(document.value))
        report.rules += len(requirements.read_rules(document.value))


def _mistakes(
    given: Mapping[str, Any], tenant: Tenant | None, seen: set[tuple[str, str]], report: Report
) -> Iterator[tuple[str, Path]]:
    yield from _days(given)
    pair = (given["id"], str(given.get("effective_from")))
    if pair in seen:
        yield f"two rules have the id {given['id']!r} and the same first day", ("id",)
    seen.add(pair)
    if given["answer"] == "other_owner" and not given.get("owner"):
        yield "names no owner: who decides instead?", ("answer",)
    when = given.get("when", {})
    named = when.get("service", [])
    for service in [named] if isinstance(named, str) else named:
        if report.services and service not in report.services:
            near = nearest(service, report.services)
            yield f"there is no service {service!r} in services.yaml{near}", ("when", "service")
    for kind, known in tenant.names.items() if tenant else ():
        if kind in when and when[kind] not in known:
            yield f"the tenant has no {kind} {when[kind]!r}{nearest(when[kind], known)}", ("when", kind)


def _days(given: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    days: dict[str, date] = {}
    for name in ("effective_from", "effective_to"):
        if text := given.get(name):
            try:
                days[name] = date.fromisoformat(text)
            except ValueError:
                yield f"{text} is no day of the calendar", (name,)
    if len(days) == 2 and days["effective_to"] < days["effective_from"]:
        yield "ends before it begins", ("effective_to",)


def contradictions(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Rules with the same conditions from the same day that answer differently: only their names would decide.

    And a set of rules that leaves a question without an answer.
    """
    if all(given.get("when") or given.get("effective_to") for given in document["rules"]):
        yield Problem(("rules",), "no rule is without conditions and without end: what answers when no other does?")
    found: dict[tuple[Any, ...], tuple[str, Any]] = {}
    for place, given in enumerate(document["rules"]):
        for rule in requirements.read_rules({"rules": [given]}):
            conditions = (*(getattr(rule, name) for name in requirements.CONDITIONS), rule.effective_from)
            says = replace(rule, id="", reason="", effective_to=None)
            other, said = found.setdefault(conditions, (rule.id, says))
            if said != says:
                yield Problem(("rules", place, "answer"), f"contradicts {other}: same conditions, same first day")
