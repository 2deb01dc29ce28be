"""A PAS request Bundle, JSON text to `PasRequest` (profile-pas-request-bundle, profile-claim, profile-claim-update).

In order: strict JSON, the R4 schema of each resource, the profile's rules (`rules`), references, values. The first
stage that finds errors stops, so that later ones may trust what they read. Whether member, provider or service are
known to anyone is not asked here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from forthwith.formats.fhir import schema, wire
from forthwith.formats.fhir.pas import lines, parts, people, rules, support, urls
from forthwith.formats.fhir.pas.values import CareTeamMember, PasRequest
from forthwith.formats.fhir.problems import FhirProblems, Findings, Issue
from forthwith.formats.fhir.references import Entry, Index, path_of

Object = dict[str, Any]
MOST_ENTRIES = 1000
_PROVIDERS = ("Organization", "Practitioner", "PractitionerRole")


class _RawEntry(msgspec.Struct):
    resource: msgspec.Raw


class _RawBundle(msgspec.Struct):
    entry: list[_RawEntry]


_RAW = msgspec.json.Decoder(_RawBundle)


def read_request(body: bytes) -> PasRequest:
    """Read a request Bundle; raise FhirProblems with every issue found, each with its FHIRPath."""
    bundle = wire.decode(body)
    findings = Findings()
    entries = _entries(bundle, body, findings)
    claim = entries[0]
    _check_kind(bundle, claim)
    _check_claim(claim, findings)
    modified = rules.may_modify(body)
    for entry in entries:
        rules.apply(rules.BY_TYPE.get(entry.kind, ()), entry.resource, entry.expression, findings)
        if modified:
            rules.refuse_modifiers(entry.resource, entry.expression, findings)
    index = Index(entries)
    _check_references(index, findings)
    findings.stop_on_errors()
    return _request(bundle, claim, index, findings)


def _entries(bundle: Object, body: bytes, findings: Findings) -> list[Entry]:
    """Return the entries, each of sound R4 shape, each fullUrl once, a Claim first."""
    if bundle.get("resourceType") != "Bundle":
        raise FhirProblems([Issue("error", "structure", "A Bundle is expected.", "resourceType")])
    entries = bundle.get("entry")
    if isinstance(entries, list) and len(entries) > MOST_ENTRIES:
        raise FhirProblems([Issue("error", "too-costly", f"Send at most {MOST_ENTRIES} entries.", "Bundle.entry")])
    schema.check(bundle, "Bundle", findings)
    findings.stop_on_errors()
    rules.apply(rules.BUNDLE, bundle, "Bundle", findings)
    if "identifier" in bundle:
        rules.apply(rules.IDENTIFIER, bundle["identifier"], "Bundle.identifier", findings)
    for place, part in enumerate(bundle.get("entry", ())):
        for name in ("fullUrl", "resource"):
            if name not in part:
                findings.error("required", f"{name} is required in each entry.", f"Bundle.entry[{place}]")
    findings.stop_on_errors()
    raws = _RAW.decode(body).entry
    found = [
        Entry(part["fullUrl"], part["resource"], raw.resource, place)
        for place, (part, raw) in enumerate(zip(bundle["entry"], raws, strict=True))
    ]
    seen: set[str] = set()
    for entry in found:
        schema.check(entry.resource, entry.expression, findings)
        if entry.full_url in seen:
            findings.error(
                "duplicate",
                "A resource may be in the Bundle only once.",
                f"Bundle.entry[{entry.position}].fullUrl",
            )
        seen.add(entry.full_url)
    if found[0].resource.get("resourceType") != "Claim":
        findings.error("invariant", "The first entry must be the Claim (ClaimFirst).", "Bundle.entry[0].resource")
    findings.stop_on_errors()
    return found


def _check_kind(bundle: Object, claim: Entry) -> None:
    """Tell an inquiry, which names itself by its profile, from a request that lacks much."""
    named = (*_profiles(bundle), *_profiles(claim.resource))
    if urls.INQUIRY_BUNDLE in named or urls.INQUIRY_CLAIM in named:
        why = "This is an inquiry (Claim/$inquire), no request for authorization."
        raise FhirProblems([Issue("error", "not-supported", why, "Bundle.meta.profile")])


def _profiles(resource: Object) -> list[str]:
    found: list[str] = resource.get("meta", {}).get("profile", [])
    return [each.partition("|")[0] for each in found if isinstance(each, str)]


def _check_claim(entry: Entry, findings: Findings) -> None:
    claim, path = entry.resource, entry.expression
    rules.apply(rules.CLAIM, claim, path, findings)
    rules.apply_each(rules.IDENTIFIER, claim, "identifier", path, findings)
    rules.apply_each(rules.INSURANCE, claim, "insurance", path, findings)
    rules.apply_each(rules.CARE_TEAM, claim, "careTeam", path, findings)
    rules.apply_each(rules.DIAGNOSIS, claim, "diagnosis", path, findings)
    rules.apply_each(rules.INFORMATION, claim, "supportingInfo", path, findings)
    rules.apply_each(rules.ITEM, claim, "item", path, findings)
    if not claim.get("item") and parts.extension_code(claim, urls.CERTIFICATION_TYPE) != "3":
        findings.error("required", "At least one item is required by the PAS profile.", f"{path}.item")
    if claim.get("insurance") and sum(each.get("focal") is True for each in claim["insurance"]) != 1:
        findings.error("invariant", "Exactly one insurance must be focal.", f"{path}.insurance")
    lines.check_sequences(claim, path, findings)
    level = parts.extension_code(claim, urls.LEVEL_OF_SERVICE)
    for place, item in enumerate(claim.get("item", ())):
        if parts.extension_code(item, urls.CERTIFICATION_TYPE) == "1" and not level:
            why = "Certification type 1 needs a level of service on the Claim (ImmediateLevelOfCare)."
            findings.error("invariant", why, f"{path}.item[{place}]")
    if len(claim.get("related", ())) > 1:
        findings.error("structure", "A Claim update names one prior Claim.", f"{path}.related")


def _check_references(index: Index, findings: Findings) -> None:
    """Everything that is referred to is in the Bundle; what nothing refers to is left unread."""
    claim = index.entries[0]
    reached = {entry.full_url for entry in index.closure([claim])}
    for entry in index.entries:
        if entry.full_url not in reached:
            findings.warn("informational", "Nothing refers to this resource; it is not read.", entry.expression)
            continue
        if entry.kind == "Claim" and entry is not claim:
            continue  # the prior Claim of an update: its own predecessor stays out of the Bundle
        for reference in index.references_of(entry):
            if index.find(reference, source=entry) is None:
                where = entry.expression + path_of(reference, entry.resource)
                findings.warn("not-found", "The referenced resource is not in the Bundle.", where)


def _request(bundle: Object, entry: Entry, index: Index, findings: Findings) -> PasRequest:
    claim, path = entry.resource, entry.expression
    place = next(n for n, each in enumerate(claim["insurance"]) if each.get("focal"))
    patient = _needed(claim, "patient", ("Patient",), entry, index, findings)
    insurer = _needed(claim, "insurer", ("Organization",), entry, index, findings)
    asker = _needed(claim, "provider", _PROVIDERS, entry, index, findings)
    cover = _needed(
        claim["insurance"][place], "coverage", ("Coverage",), entry, index, findings, f".insurance[{place}]"
    )
    prior = _prior(claim, entry, index, findings)
    if patient is None or insurer is None or asker is None or cover is None:
        raise FhirProblems(findings.errors)
    sending = parts.extension(claim, urls.TRANSMISSION)
    request = PasRequest(
        bundle=parts.identifier(bundle["identifier"]),
        timestamp=parts.moment(bundle["timestamp"], "Bundle.timestamp", findings) or _NEVER,
        claim=entry.full_url,
        claim_id=claim.get("id", ""),
        claim_identifiers=parts.identifiers(claim),
        claim_type=parts.code(claim["type"]),
        created_on=parts.day(claim["created"], f"{path}.created", findings) or date.min,
        member=people.member(patient, findings),
        coverage=people.coverage(cover, index, findings),
        insurer=people.organization(insurer),
        provider=people.provider(asker, index),
        care_team=_care_team(claim, entry, index, findings),
        diagnoses=lines.diagnoses(claim, path, findings),
        items=lines.items(entry, index, findings),
        information=tuple(
            support.information(each, entry, index, f"{path}.supportingInfo[{n}]", findings)
            for n, each in enumerate(claim.get("supportingInfo", ()))
        ),
        level_of_service=parts.extension_code(claim, urls.LEVEL_OF_SERVICE),
        priority=parts.code(claim["priority"]),
        certification_type=parts.extension_code(claim, urls.CERTIFICATION_TYPE),
        prior=prior.full_url if prior else "",
        prior_identifiers=parts.identifiers(prior.resource) if prior else (),
        sender=parts.extension(sending, "interchangeSenderID").get("valueString", ""),
        receiver=parts.extension(sending, "interchangeReceiverID").get("valueString", ""),
        warnings=(),
        echoed=tuple(each for each in index.closure([patient, insurer, asker]) if each.kind != "Claim"),
    )
    findings.stop_on_errors()
    return msgspec.structs.replace(request, warnings=tuple(findings.warnings))


_NEVER = datetime.min.replace(tzinfo=UTC)


def _needed(
    element: Object,
    name: str,
    kinds: tuple[str, ...],
    source: Entry,
    index: Index,
    findings: Findings,
    path: str = "",
) -> Entry | None:
    """Return the entry that `name` refers to; an error when it is not in the Bundle or of another type."""
    reference = element[name].get("reference")
    found = index.find(reference, source=source) if reference else None
    if found is None or found.kind not in kinds:
        why = f"{name} must refer to a resource in the Bundle, of type {' or '.join(kinds)}."
        findings.error("not-found", why, f"{source.expression}{path}.{name}")
        return None
    return found


def _prior(claim: Object, entry: Entry, index: Index, findings: Findings) -> Entry | None:
    """Return the Claim that this one replaces (profile-claim-update: related 1..1, relationship prior)."""
    for related in claim.get("related", ()):
        if parts.code(related.get("relationship")) != "prior":
            findings.error("value", "The relationship must be prior.", f"{entry.expression}.related[0].relationship")
        if "claim" not in related:
            findings.error("required", "The prior Claim must be named.", f"{entry.expression}.related[0].claim")
            return None
        return _needed(related, "claim", ("Claim",), entry, index, findings, ".related[0]")
    return None


def _care_team(claim: Object, entry: Entry, index: Index, findings: Findings) -> tuple[CareTeamMember, ...]:
    found: list[CareTeamMember] = []
    for place, each in enumerate(claim.get("careTeam", ())):
        who = _needed(each, "provider", _PROVIDERS, entry, index, findings, f".careTeam[{place}]")
        if who is not None:
            whole = parts.extension(each, urls.CARE_TEAM_SCOPE).get("valueBoolean", True)
            provider = people.provider(who, index)
            found.append(CareTeamMember(int(each["sequence"]), provider, whole, parts.codings(each.get("role"))))
    return tuple(found)
