"""Checking sample tenants: what plans, codes and service levels other files may name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from .. import calendars
from ..criteria.problems import Problem, misfits
from .reading import Document
from .report import Report
from .schemas import CODES, TENANT

_TENANT = jsonschema_rs.validator_for(TENANT)
_CODES = jsonschema_rs.validator_for(CODES)


@dataclass(frozen=True, slots=True)
class Tenant:
    """The names that a tenant's rules may use, by condition."""

    key: str
    names: Mapping[str, frozenset[str]]


def check_tenant(document: Document, levels: frozenset[str] | None, report: Report) -> Tenant | None:
    """One tenant; None when it cannot be understood. `levels`: the service levels that allowances know."""
    value = document.value
    if wrong := list(misfits(_TENANT, TENANT, value)):
        report.add(document, wrong)
        return None
    report.add(document, _mistakes(value, levels))
    report.tenants += 1
    names = {
        "plan": frozenset(plan["key"] for plan in value["plans"]),
        "product": frozenset(plan["product"] for plan in value["plans"]),
        "program": frozenset(program["key"] for program in value["programs"]),
    }
    return Tenant(value["key"], names)


def _mistakes(value: Mapping[str, Any], levels: frozenset[str] | None) -> Iterator[Problem]:
    if value["state"] not in calendars.STATES:
        yield Problem(("state",), f"no state has the code {value['state']!r}")
    try:
        calendars.zone_of(value["zone"])
    except calendars.UnknownZone as unknown:
        yield Problem(("zone",), str(unknown))
    for kind in ("plans", "portals", "programs"):
        keys = [one["key"] for one in value[kind]]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                yield Problem((kind, place, "key"), f"{key} stands there twice")
    for place, plan in enumerate(value["plans"]):
        for number, level in enumerate(plan.get("service_levels", ())):
            if levels is not None and level not in levels:
                path = ("plans", place, "service_levels", number)
                yield Problem(path, f"no service level is named {level!r}; known: {', '.join(sorted(levels))}")


def check_codes(document: Document, report: Report) -> None:
    """A tenant's own codes name services that exist."""
    if wrong := list(misfits(_CODES, CODES, document.value)):
        report.add(document, wrong)
        return
    for place, one in enumerate(document.value):
        if report.services and one["service"] not in report.services:
            cause = f"there is no service {one['service']!r} in services.yaml"
            report.add(document, [Problem((place, "service"), cause)])
