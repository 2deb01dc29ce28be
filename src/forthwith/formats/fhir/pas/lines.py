"""Diagnoses and items of a Claim, to values, and the sequence numbers that tie them together."""

from __future__ import annotations

from typing import Any

from forthwith.formats.fhir.pas import parts, urls
from forthwith.formats.fhir.pas.values import Diagnosis, Item, Order
from forthwith.formats.fhir.problems import Findings
from forthwith.formats.fhir.references import Entry, Index

Object = dict[str, Any]
_POINTERS = {
    "careTeamSequence": "careTeam",
    "diagnosisSequence": "diagnosis",
    "informationSequence": "supportingInfo",
    "procedureSequence": "procedure",
}
_CODES = {
    "ServiceRequest": "code",
    "DeviceRequest": "codeCodeableConcept",
    "MedicationRequest": "medicationCodeableConcept",
}


def check_sequences(claim: Object, path: str, findings: Findings) -> None:
    """Each sequence is used once in its list, and each pointer of an item points to something."""
    known: dict[str, set[Any]] = {}
    for name in ("item", *_POINTERS.values()):
        known[name] = set()
        for place, part in enumerate(claim.get(name, ())):
            number = part.get("sequence")
            if number in known[name]:
                where = f"{path}.{name}[{place}].sequence"
                findings.error("invariant", "The sequence is used twice in this list.", where)
            known[name].add(number)
    for place, item in enumerate(claim.get("item", ())):
        for pointer, name in _POINTERS.items():
            if not known[name].issuperset(item.get(pointer, ())):
                where = f"{path}.item[{place}].{pointer}"
                findings.error("not-found", f"The number points to no {name}.", where)


def diagnoses(claim: Object, path: str, findings: Findings) -> tuple[Diagnosis, ...]:
    """Read the diagnoses that are given as codes."""
    found: list[Diagnosis] = []
    for place, each in enumerate(claim.get("diagnosis", ())):
        where = f"{path}.diagnosis[{place}]"
        codings = parts.codings(each.get("diagnosisCodeableConcept"))
        if not codings:
            findings.error("value", "A diagnosis needs a code.", where)
        recorded = parts.extension(each, urls.RECORDED_DATE).get("valueDate")
        types = tuple(one for concept in each.get("type", ()) for one in parts.codings(concept))
        on = parts.day(recorded, f"{where}.extension('{urls.RECORDED_DATE}')", findings) if recorded else None
        found.append(Diagnosis(int(each["sequence"]), codings, types, on))
    return tuple(found)


def items(claim: Entry, index: Index, findings: Findings) -> tuple[Item, ...]:
    """Read the lines asked for."""
    listed = claim.resource.get("item", ())
    return tuple(_item(each, f"{claim.expression}.item[{n}]", claim, index, findings) for n, each in enumerate(listed))


def _item(item: Object, path: str, claim: Entry, index: Index, findings: Findings) -> Item:
    services = parts.codings(item["productOrService"])
    if not services:
        findings.error("value", "productOrService needs a code.", f"{path}.productOrService")
    if "quantity" in item and item["quantity"].get("value", 1) <= 0:
        findings.error("value", "The quantity must be above zero.", f"{path}.quantity.value")
    if "comparator" in item.get("quantity", ()):
        findings.error("invariant", "A quantity is exact here (sqt-1).", f"{path}.quantity.comparator")
    traces = (each.get("valueIdentifier") for each in item["extension"] if each.get("url") == urls.TRACE_NUMBER)
    return Item(
        sequence=int(item["sequence"]),
        services=services,
        request_type=parts.extension_code(item, urls.REQUEST_TYPE),
        certification_type=parts.extension_code(item, urls.CERTIFICATION_TYPE),
        category=parts.codings(item["category"]),
        modifiers=tuple(one for concept in item.get("modifier", ()) for one in parts.codings(concept)),
        quantity=parts.quantity(item.get("quantity")),
        serviced=parts.timing(item, "serviced", path, findings),
        places=parts.codings(item.get("locationCodeableConcept")),
        body_sites=(
            *parts.codings(item.get("bodySite")),
            *(one for concept in item.get("subSite", ()) for one in parts.codings(concept)),
        ),
        diagnoses=_numbers(item, "diagnosisSequence"),
        care_team=_numbers(item, "careTeamSequence"),
        information=_numbers(item, "informationSequence"),
        traces=tuple(parts.identifier(each) for each in traces if each and "value" in each),
        authorization_number=parts.extension(item, urls.AUTHORIZATION_NUMBER).get("valueString", ""),
        reference_number=parts.extension(item, urls.ADMINISTRATION_NUMBER).get("valueString", ""),
        order=_order(item, claim, index),
        change=parts.extension(item, urls.INFO_CHANGED).get("valueCode", ""),
        cancelled=_cancelled(item),
    )


def _numbers(item: Object, name: str) -> tuple[int, ...]:
    return tuple(int(each) for each in item.get(name, ()))


def _cancelled(item: Object) -> bool:
    """Tell whether the line is taken back (PAS 2.2.1: modifier infoCancelled, certification type 3)."""
    flags = item.get("modifierExtension", ())
    return parts.extension_code(item, urls.CERTIFICATION_TYPE) == "3" or any(
        each.get("url") == urls.INFO_CANCELLED and each.get("valueBoolean") is True for each in flags
    )


def _order(item: Object, claim: Entry, index: Index) -> Order | None:
    """Return the order behind the line (extension requestedService), when it is in the Bundle."""
    reference = parts.extension(item, urls.REQUESTED_SERVICE).get("valueReference", {}).get("reference")
    entry = index.find(reference, source=claim) if reference else None
    if entry is None:
        return None
    order = entry.resource
    codings = parts.codings(order.get(_CODES[entry.kind])) if entry.kind in _CODES else ()
    quantity = parts.quantity(order.get("quantityQuantity")) if entry.kind == "ServiceRequest" else None
    return Order(entry.kind, entry.full_url, codings, quantity)
