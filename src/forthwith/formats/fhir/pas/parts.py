"""FHIR data types to values: identifiers, codings, quantities, days, extensions.

Everything read here has passed the R4 schema, so that a property which is there has its type. What the schema
cannot see (a day that does not exist, a period that ends before it starts) is said to `findings`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from forthwith.formats.fhir.pas.values import Coding, Identifier, Period, Quantity
from forthwith.formats.fhir.problems import Findings

Object = dict[str, Any]


def identifier(element: Object | None) -> Identifier:
    """Return the identifier; all texts are "" when there is none."""
    if not element:
        return Identifier("")
    kinds = codings(element.get("type"))
    return Identifier(element.get("value", ""), element.get("system", ""), kinds[0].code if kinds else "")


def identifiers(resource: Object) -> tuple[Identifier, ...]:
    """Return the identifiers that have a value."""
    return tuple(identifier(each) for each in resource.get("identifier", ()) if "value" in each)


def codings(concept: Object | None) -> tuple[Coding, ...]:
    """Return the codes of a CodeableConcept; displays and text stay behind."""
    if not concept:
        return ()
    return tuple(Coding(each["code"], each.get("system", "")) for each in concept.get("coding", ()) if "code" in each)


def code(concept: Object | None) -> str:
    """Return the first code of a CodeableConcept, or ""."""
    found = codings(concept)
    return found[0].code if found else ""


def quantity(element: Object | None) -> Quantity | None:
    """Return the quantity; None when it has no value."""
    if not element or "value" not in element:
        return None
    value = Decimal(str(element["value"]))
    return Quantity(value, element.get("unit", ""), element.get("code", ""), element.get("system", ""))


def extension(element: Object, url: str) -> Object:
    """Return the first extension with `url`, or an empty object."""
    for each in element.get("extension", ()):
        if each.get("url") == url:
            found: Object = each
            return found
    return {}


def extension_code(element: Object, url: str) -> str:
    """Return the first code of the extension's valueCodeableConcept, or ""."""
    return code(extension(element, url).get("valueCodeableConcept"))


def day(text: str, expression: str, findings: Findings) -> date | None:
    """Return the calendar day of a date or dateTime; PAS asks for full dates (YYYY-MM-DD)."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        findings.error("value", "A full date that exists is needed (YYYY-MM-DD).", expression)
        return None


def moment(text: str, expression: str, findings: Findings) -> datetime | None:
    """Return the aware instant of a FHIR instant."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        findings.error("value", "The instant does not exist.", expression)
        return None


def period(element: Object | None, expression: str, findings: Findings) -> Period:
    """Return the days of a Period; a start after the end breaks invariant per-1."""
    if not element:
        return Period()
    start = day(element["start"], f"{expression}.start", findings) if "start" in element else None
    end = day(element["end"], f"{expression}.end", findings) if "end" in element else None
    if start and end and start > end:
        findings.error("invariant", "The period ends before it starts.", expression)
    return Period(start, end)


def timing(element: Object, name: str, expression: str, findings: Findings) -> Period:
    """Return servicedDate/servicedPeriod or timingDate/timingPeriod as a period."""
    if f"{name}Date" in element:
        only = day(element[f"{name}Date"], f"{expression}.{name}Date", findings)
        return Period(only, only)
    return period(element.get(f"{name}Period"), f"{expression}.{name}Period", findings)
