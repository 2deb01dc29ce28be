"""A PAS request to what is asked, in the words that every door uses.

Names are passed on as they were sent; whether they are known is found out below the door. Where PAS leaves something
out that we need (a day of service), the day of receipt or the admission stands in.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from forthwith.apps.authorizations.asking import Asked, LineAsked, MemberAsked
from forthwith.apps.authorizations.reference import Reference
from forthwith.apps.directory.queries import organization
from forthwith.apps.identity.actors import Actor
from forthwith.domain.words import Channel, Timing, Urgency
from forthwith.formats.fhir.pas import PasRequest, urls
from forthwith.formats.fhir.pas.values import (
    Answered,
    CareTeamMember,
    Coding,
    Document,
    Identifier,
    Item,
    Organization,
    Practitioner,
    Quantity,
)

SERVICES = "https://forthwith.example/codes/service"
LONGEST_KEY = 200
_SIDES = {"LT": "left", "RT": "right", "50": "bilateral"}
_EXTENSION = "4"  # certification type of care that goes on


def asked_of(request: PasRequest, *, digest: str, known: Reference, by: Actor, at: datetime) -> Asked:
    """Return what the Bundle asks; `digest` is the SHA-256 of its text, `known` the plan's catalogue."""
    today = at.astimezone(ZoneInfo(known.zone)).date()
    lines = tuple(_line(item, request, known, today) for item in request.items)
    return Asked(
        channel=Channel.FHIR,
        key=_key(request.bundle),
        digest=digest,
        member=_member(request, known),
        requester_npi=_requester(request, known, by),
        practitioner_npi=_practitioner(request, known),
        diagnoses=_diagnoses(request),
        urgency=Urgency.EXPEDITED if request.urgent else Urgency.STANDARD,
        timing=_timing(request, lines, today),
        attested_by=_asker(request) if request.urgent else "",
        clinical_reason=_told(request),
        lines=lines,
        answers=_answers(request, known),
        external=_external(request),
    )


def is_text(document: Document) -> bool:
    """Tell whether a document is plain text, which reviewers read with the request itself."""
    return document.content_type.partition(";")[0].strip().lower() == "text/plain"


def _key(identifier: Identifier) -> str:
    key = f"{identifier.system}|{identifier.value}"
    return key if len(key) <= LONGEST_KEY else sha256(key.encode()).hexdigest()


def member_numbers(request: PasRequest) -> list[str]:
    """Return what may be the member's number, each once: marked as one (MB), the subscriber's, any of the patient's."""
    coverage, patient = request.coverage, request.member
    marked = [each.value for each in (*coverage.identifiers, *patient.identifiers) if each.type == "MB"]
    others = [coverage.subscriber_id, *(each.value for each in patient.identifiers)]
    return list(dict.fromkeys(number for number in (*marked, *others) if number))


def _member(request: PasRequest, known: Reference) -> MemberAsked:
    return MemberAsked(
        number=next(iter(member_numbers(request)), ""),
        birth_on=request.member.born_on,
        last_name=request.member.family,
        payer_id=_payer(request, known),
    )


def _payer(request: PasRequest, known: Reference) -> str:
    """Name the payer: the identifier that one of the tenant's plans has, else the one that is marked, else any."""
    ours = {plan.payer_id for plan in known.plans.values()}
    sent = [(known.meant_by("payer", each.value), each.type) for each in request.insurer.identifiers]
    marked = [value for value, kind in sent if kind.lower() == "payerid"]
    candidates = [*(value for value, _ in sent if value in ours), *marked, *(value for value, _ in sent)]
    return next(iter(candidates), "")


def _npi(named: Organization | Practitioner | None, known: Reference) -> str:
    """Return the NPI that the tenant maps one of the identifiers to, else the one that was sent, or ""."""
    if named is None:
        return ""
    mapped = (known.other_names.get(("provider", each.value), "") for each in named.identifiers)
    return next((npi for npi in mapped if npi), named.npi)


def _requester(request: PasRequest, known: Reference, by: Actor) -> str:
    """Name the organization that asks; a practitioner alone asks for the client's own."""
    if request.provider.organization is not None:
        return _npi(request.provider.organization, known)
    if len(by.organizations) == 1:
        return organization(by.organizations[0]).npi
    return _npi(request.provider.practitioner, known)


def _practitioner(request: PasRequest, known: Reference) -> str:
    whole = [member.provider for member in request.care_team if member.whole]
    people = [_npi(each.practitioner, known) for each in (request.provider, *whole)]
    return next((npi for npi in people if npi), "")


def _asker(request: PasRequest) -> str:
    for provider in (request.provider, *(member.provider for member in request.care_team if member.whole)):
        if provider.practitioner is not None:
            return f"{provider.practitioner.given} {provider.practitioner.family}".strip()[:160]
    return request.provider.organization.name[:160] if request.provider.organization else ""


def _diagnoses(request: PasRequest) -> tuple[str, ...]:
    """Return the ICD-10-CM codes, the principal one first, written with their point."""
    ordered = sorted(request.diagnoses, key=lambda each: all(kind.code != "principal" for kind in each.types))
    codes = [coding.code for each in ordered for coding in each.codings if coding.system in (urls.ICD10, "")]
    plain = [code.strip().upper().replace(".", "") for code in codes]
    return tuple(dict.fromkeys(f"{code[:3]}.{code[3:]}" if code[3:] else code for code in plain))


def _timing(request: PasRequest, lines: tuple[LineAsked, ...], today: date) -> Timing:
    ends = [line.to_on or line.from_on or today for line in lines]
    if ends and max(ends) < today:
        return Timing.POST_SERVICE
    if any(item.certification_type == _EXTENSION for item in request.items):
        return Timing.CONCURRENT
    return Timing.PRE_SERVICE


def _line(item: Item, request: PasRequest, known: Reference, today: date) -> LineAsked:
    service, coding = _service(item, known)
    starts, ends = _days(item, request, today)
    quantity = item.quantity or (item.order.quantity if item.order else None)
    own = [member for member in request.care_team if not member.whole and member.sequence in item.care_team]
    return LineAsked(
        sequence=item.sequence,
        service=service,
        system=coding.system,
        code=coding.code,
        units=quantity.value if quantity else Decimal(1),
        from_on=starts,
        to_on=ends,
        place=next((each.code for each in item.places if _is_place(each)), ""),
        side=next((_SIDES[each.code] for each in item.modifiers if each.code in _SIDES), ""),
        rendering_npi=_rendering(own, known),
        facility_npi=_facility(own, request, known),
    )


def _service(item: Item, known: Reference) -> tuple[str, Coding]:
    """Return our key, or the first code that the plan maps, else the first code as it was sent."""
    for coding in item.services:
        if coding.system == SERVICES and coding.code in known.services:
            return coding.code, coding
    mapped = [each for each in item.services if (each.system, each.code) in known.codes]
    return "", (mapped or item.services)[0]


def _days(item: Item, request: PasRequest, today: date) -> tuple[date, date | None]:
    """Return the days of service: the item's, else those of the admission or event, else from today on."""
    events = (each.when for each in request.information if each.category in ("patientEvent", "admissionDates"))
    for period in (item.serviced, *events):
        if period.start or period.end:
            return period.start or period.end or today, period.end
    return today, None


def _is_place(coding: Coding) -> bool:
    return "place-of-service" in coding.system.lower() and len(coding.code) == 2


def _rendering(own: list[CareTeamMember], known: Reference) -> str:
    return next((_npi(member.provider.practitioner, known) for member in own if member.provider.practitioner), "")


def _facility(own: list[CareTeamMember], request: PasRequest, known: Reference) -> str:
    """Return the organization of the care team, without a person, that is not the one that asks."""
    asker = _npi(request.provider.organization, known)
    team = [*own, *(member for member in request.care_team if member.whole)]
    places = [_npi(m.provider.organization, known) for m in team if not m.provider.practitioner]
    return next((npi for npi in places if npi and npi != asker), "")


def _told(request: PasRequest) -> str:
    """Put together what was said in words: messages, and documents in plain text."""
    texts = [each.message for each in request.information if each.message]
    for document in request.documents:
        if is_text(document):
            text = document.content.decode("utf-8", "replace").replace("\x00", "")
            texts.append(f"{document.title}\n{text}".strip())
    return "\n\n".join(texts)


def _answers(request: PasRequest, known: Reference) -> dict[str, dict[str, Any]]:
    """Return the answers by package where the questionnaire names one that we know, else for all packages."""
    found: dict[str, dict[str, Any]] = {}
    for response in request.answers:
        name = response.questionnaire.partition("|")[0].rpartition("/")[2]
        answers = found.setdefault(name if name in known.packages else "", {})
        for link, values in response.values.items():
            plain = [_plain(value) for value in values]
            answers[link] = plain[0] if len(plain) == 1 else plain
    return found


def _plain(value: Answered) -> Any:
    if isinstance(value, Coding):
        return value.code
    return value.value if isinstance(value, Quantity) else value


def _external(request: PasRequest) -> dict[str, Any]:
    """Keep the sender's own names for the request, so that it can be found by them."""
    return {
        "bundle": _named(request.bundle),
        "claim": request.claim,
        "claim_identifiers": [_named(each) for each in request.claim_identifiers],
        "claim_type": request.claim_type,
        "sender": request.sender,
        "receiver": request.receiver,
        "traces": {str(item.sequence): [_named(each) for each in item.traces] for item in request.items if item.traces},
    }


def _named(identifier: Identifier) -> dict[str, str]:
    return {"system": identifier.system, "value": identifier.value}
