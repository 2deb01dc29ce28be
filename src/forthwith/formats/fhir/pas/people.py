"""Patient, Coverage, Organization, Practitioner and PractitionerRole of a request, to values."""

from __future__ import annotations

from typing import Any

from forthwith.formats.fhir.pas import parts
from forthwith.formats.fhir.pas.values import Coverage, Member, Organization, Practitioner, Provider
from forthwith.formats.fhir.problems import Findings
from forthwith.formats.fhir.references import Entry, Index

Object = dict[str, Any]


def member(entry: Entry, findings: Findings) -> Member:
    """Read the patient; the birth date must be a full date when it is sent."""
    patient = entry.resource
    name = _name(patient)
    born = patient.get("birthDate")
    return Member(
        reference=entry.full_url,
        identifiers=parts.identifiers(patient),
        family=name.get("family", ""),
        given=tuple(name.get("given", ())),
        born_on=parts.day(born, f"{entry.expression}.birthDate", findings) if born else None,
        gender=patient.get("gender", ""),
    )


def coverage(entry: Entry, index: Index, findings: Findings) -> Coverage:
    """Read the coverage and the organizations that pay."""
    resource = entry.resource
    payors = (index.find(each["reference"], source=entry) for each in resource["payor"] if "reference" in each)
    return Coverage(
        reference=entry.full_url,
        identifiers=parts.identifiers(resource),
        subscriber_id=resource.get("subscriberId", ""),
        relationship=parts.codings(resource.get("relationship")),
        period=parts.period(resource.get("period"), f"{entry.expression}.period", findings),
        payors=tuple(organization(payor) for payor in payors if payor and payor.kind == "Organization"),
    )


def organization(entry: Entry) -> Organization:
    """Read an organization."""
    return Organization(entry.full_url, entry.resource.get("name", ""), parts.identifiers(entry.resource))


def practitioner(entry: Entry) -> Practitioner:
    """Read a practitioner."""
    name = _name(entry.resource)
    given = " ".join(name.get("given", ()))
    return Practitioner(entry.full_url, name.get("family", ""), given, parts.identifiers(entry.resource))


def provider(entry: Entry, index: Index) -> Provider:
    """Read who stands behind an Organization, Practitioner or PractitionerRole."""
    if entry.kind == "Organization":
        return Provider(entry.full_url, organization=organization(entry))
    if entry.kind == "Practitioner":
        return Provider(entry.full_url, practitioner=practitioner(entry))
    person = _follow(entry, "practitioner", "Practitioner", index)
    practice = _follow(entry, "organization", "Organization", index)
    return Provider(
        entry.full_url,
        organization=organization(practice) if practice else None,
        practitioner=practitioner(person) if person else None,
        specialties=tuple(each for concept in entry.resource.get("specialty", ()) for each in parts.codings(concept)),
    )


def _follow(entry: Entry, name: str, kind: str, index: Index) -> Entry | None:
    reference = entry.resource.get(name, {}).get("reference")
    found = index.find(reference, source=entry) if reference else None
    return found if found and found.kind == kind else None


def _name(resource: Object) -> Object:
    names = resource.get("name") or [{}]
    official: Object = next((each for each in names if each.get("use") in ("official", "usual")), names[0])
    return official
