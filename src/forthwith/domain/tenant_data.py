"""What a tenant tells of itself in one file: names that others use for its plans and providers, codes, members.

Read and checked here, with the line of each mistake. Storing is not known here, nor whether a plan or service of
that key exists: who stores it knows.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import date
from typing import Any

import jsonschema_rs

from .criteria.problems import Path, Problem
from .numbers import is_npi
from .policies import Document, Finding, read
from .tenant_schemas import TENANT_DATA

_SHAPE = jsonschema_rs.validator_for(TENANT_DATA)
_ONCE = {"payers": ("identifier",), "providers": ("identifier",), "codes": ("system", "code"), "members": ("number",)}


def read_tenant_data(text: str, name: str) -> Document:
    """The document of a YAML (or JSON) text; every mistake is in `problems`, by line. It never raises."""
    document = read(text, name)
    if document.problems:
        return document
    shape = [Problem(tuple(error.instance_path), error.message) for error in _SHAPE.iter_errors(document.value)]
    document.problems += [document.finding(problem) for problem in shape or _mistakes(document.value)]
    return document


def unknown(
    document: Document, *, plans: Container[str], services: Container[str], npis: Container[str]
) -> list[Finding]:
    """A finding for each plan and service that the tenant does not have, and each NPI that nobody has."""
    return [document.finding(problem) for problem in _unknown(document.value, plans, services, npis)]


def _mistakes(data: Mapping[str, Any]) -> Iterator[Problem]:
    for section, names in _ONCE.items():
        yield from _twice(data.get(section, ()), section, names)
    for place, one in enumerate(data.get("providers", ())):
        if not is_npi(one["npi"]):
            yield Problem(("providers", place, "npi"), f"{one['npi']} is no valid NPI")
    for place, one in enumerate(data.get("members", ())):
        yield from _member(one, ("members", place))


def _twice(rows: list[Mapping[str, str]], section: str, names: tuple[str, ...]) -> Iterator[Problem]:
    seen: set[tuple[str, ...]] = set()
    for place, row in enumerate(rows):
        key = tuple(row[name] for name in names)
        if key in seen:
            yield Problem((section, place), f"{' '.join(key)} stands there twice")
        seen.add(key)


def _member(member: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    if _day(member["birth_on"]) is None:
        yield Problem((*path, "birth_on"), f"{member['birth_on']} is no day of the calendar")
    for place, span in enumerate(member["coverage"]):
        here: Path = (*path, "coverage", place)
        starts, ends = _day(span["starts_on"]), _day(span.get("ends_on") or span["starts_on"])
        if starts is None or ends is None:
            yield Problem(here, "a day is not in the calendar")
        elif ends < starts:
            yield Problem(here, "ends before it starts")


def _unknown(
    data: Mapping[str, Any], plans: Container[str], services: Container[str], npis: Container[str]
) -> Iterator[Problem]:
    for place, one in enumerate(data.get("payers", ())):
        if one["plan"] not in plans:
            yield Problem(("payers", place, "plan"), f"the tenant has no plan {one['plan']}")
    for place, one in enumerate(data.get("providers", ())):
        if one["npi"] not in npis:
            yield Problem(("providers", place, "npi"), f"the directory knows nobody with NPI {one['npi']}")
    for place, one in enumerate(data.get("codes", ())):
        if one["service"] not in services:
            yield Problem(("codes", place, "service"), f"the catalogue has no service {one['service']}")
    for place, one in enumerate(data.get("members", ())):
        for number, span in enumerate(one["coverage"]):
            if span["plan"] not in plans:
                yield Problem(("members", place, "coverage", number, "plan"), f"the tenant has no plan {span['plan']}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
