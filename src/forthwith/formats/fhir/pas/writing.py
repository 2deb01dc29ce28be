"""A `PasAnswer` to a response Bundle (profile-pas-response-bundle, profile-claimresponse).

The ClaimResponse comes first; the request's patient, insurer, requestor and what these refer to follow with the
fullUrl and the exact text that was sent. References in the ClaimResponse are those fullUrls.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from forthwith.formats.fhir import wire
from forthwith.formats.fhir.pas import urls
from forthwith.formats.fhir.pas.answers import Asked, Authorized, Line, PasAnswer, Rejection, Reviewer
from forthwith.formats.fhir.pas.values import Coding, Identifier, PasRequest, Period

Object = dict[str, Any]
_CATEGORY = {"coding": [{"system": urls.ADJUDICATION, "code": "submitted"}]}


def write_response(answer: PasAnswer, request: PasRequest | None, *, at: datetime | None = None) -> bytes:
    """Return the JSON text of the response Bundle; `at` is the Bundle's timestamp (else the answer's own instant)."""
    entries: list[Object] = [{"fullUrl": f"urn:uuid:{answer.key}", "resource": _claim_response(answer, request)}]
    entries += [{"fullUrl": f"urn:uuid:{each.key}", "resource": _communication(each, request)} for each in answer.asked]
    if request is not None:
        entries += [{"fullUrl": entry.full_url, "resource": entry.raw} for entry in request.echoed]
    identifier = (
        answer.bundle
        or (request.bundle if request else None)
        or Identifier(f"urn:uuid:{answer.key}", "urn:ietf:rfc:3986")
    )
    return wire.encode(
        {
            "resourceType": "Bundle",
            "meta": {"profile": [urls.RESPONSE_BUNDLE]},
            "identifier": _identifier(identifier),
            "type": "collection",
            "timestamp": _instant(at or answer.created),
            "entry": entries,
        }
    )


def _claim_response(answer: PasAnswer, request: PasRequest | None) -> Object:
    kind = request.claim_type if request else answer.claim_type
    identifiers = answer.identifiers or (request.claim_identifiers if request else ())
    response: Object = {
        "resourceType": "ClaimResponse",
        "id": answer.key,
        "meta": {"profile": [urls.CLAIM_RESPONSE]},
        "extension": [_reviewer(answer.reviewer)] if answer.reviewer else [],
        "identifier": [_identifier(each) for each in identifiers],
        "status": "active",
        "type": _concept(Coding(kind, urls.CLAIM_TYPE)),
        "use": "preauthorization",
        "patient": _reference(request.member.reference if request else "", answer.member),
        "created": _instant(answer.created),
        "insurer": _reference(request.insurer.reference if request else "", answer.payer),
        "requestor": {"reference": request.provider.reference} if request else {},
        "request": _reference(request.claim if request else "", answer.claim),
        "outcome": answer.outcome,
        "disposition": answer.disposition,
        "preAuthRef": answer.authorization_number,
        "preAuthPeriod": _period(answer.period),
        "item": [_item(line) for line in answer.lines],
        "addItem": [_add_item(line, line.authorized) for line in answer.lines if line.authorized],
        "processNote": [{"number": note.number, "type": "print", "text": note.text} for note in answer.notes],
        "communicationRequest": [{"reference": f"urn:uuid:{each.key}"} for each in answer.asked],
        "error": [_error(each) for each in answer.rejections],
    }
    return _filled(response)


def _item(line: Line) -> Object:
    return _filled(
        {
            "extension": _line_extensions(line),
            "itemSequence": line.sequence,
            "noteNumber": list(line.notes),
            "adjudication": [_adjudication(line)],
        }
    )


def _add_item(line: Line, authorized: Authorized) -> Object:
    """Return the addItem that says what is authorized instead (spec-36: same itemSequence as the A6 item)."""
    quantity = {} if authorized.quantity is None else {"value": authorized.quantity, "unit": authorized.unit}
    return _filled(
        {
            "extension": _line_extensions(line),
            "itemSequence": [line.sequence],
            "productOrService": {"coding": [_coding(each) for each in authorized.services]},
            "modifier": [_concept(each) for each in authorized.modifiers],
            "servicedPeriod": _period(authorized.period),
            "quantity": _filled(quantity),
            "adjudication": [_adjudication(line)],
        }
    )


def _line_extensions(line: Line) -> list[Object]:
    found: list[Object] = [{"url": urls.TRACE_NUMBER, "valueIdentifier": _identifier(each)} for each in line.traces]
    if line.reference_number:
        found.append({"url": urls.ADMINISTRATION_NUMBER, "valueString": line.reference_number})
    if line.issued_on:
        found.append({"url": urls.ISSUE_DATE, "valueDate": line.issued_on})
    if line.period.start or line.period.end:
        found.append({"url": urls.CERTIFIED_PERIOD, "valuePeriod": _period(line.period)})
    if line.requested.start or line.requested.end:
        found.append({"url": urls.REQUESTED_DATE, "valuePeriod": _period(line.requested)})
    return found


def _adjudication(line: Line) -> Object:
    """Return the review action; its code's sub-extension has the full canonical as url, the others short names."""
    action: list[Object] = []
    if line.number:
        action.append({"url": "number", "valueString": line.number})
    action += [
        {"url": "reasonCode", "valueCodeableConcept": _concept(Coding(each, urls.X12_DECISION_REASON))}
        for each in line.reasons
    ]
    code = _concept(Coding(line.action, urls.X12_REVIEW_ACTION))
    action.append({"url": urls.REVIEW_ACTION_CODE, "valueCodeableConcept": code})
    return {"extension": [{"url": urls.REVIEW_ACTION, "extension": action}], "category": _CATEGORY}


def _reviewer(reviewer: Reviewer) -> Object:
    parts: list[Object] = [{"url": "wasHumanReviewedFlag", "valueBoolean": reviewer.human}]
    if reviewer.npi:
        parts.append({"url": "reviewerNPI", "valueIdentifier": {"system": urls.NPI, "value": reviewer.npi}})
    if reviewer.specialty:
        parts.append({"url": "reviewerSpecialty", "valueCodeableConcept": _concept(reviewer.specialty)})
    return {"url": urls.REVIEWER, "extension": parts}


def _communication(asked: Asked, request: PasRequest | None) -> Object:
    payload: list[Object] = [{"contentString": code} for code in asked.documents]
    return _filled(
        {
            "resourceType": "CommunicationRequest",
            "id": asked.key,
            "meta": {"profile": [urls.COMMUNICATION_REQUEST]},
            "extension": [{"url": urls.LINE_NUMBER, "valuePositiveInt": each} for each in asked.lines[:1]],
            "identifier": [{"value": asked.control_number}],
            "status": "active",
            "subject": {"reference": request.member.reference} if request else {},
            "payload": payload,
            "note": [{"text": asked.text}] if asked.text else [],
        }
    )


def _error(rejection: Rejection) -> Object:
    found: list[Object] = []
    if rejection.note:
        element = [{"url": "processNote", "valuePositiveInt": rejection.note}]
        found.append({"url": urls.ERROR_ELEMENT, "extension": element})
    if rejection.path:
        found.append({"url": urls.ERROR_PATH, "valueString": rejection.path})
    if rejection.follow_up:
        follow_up = _concept(Coding(rejection.follow_up, urls.X12_FOLLOW_UP))
        found.append({"url": urls.ERROR_FOLLOW_UP, "valueCodeableConcept": follow_up})
    return _filled({"extension": found, "code": _concept(Coding(rejection.code, urls.X12_REJECT_REASON))})


def _reference(reference: str, instead: Identifier | None) -> Object:
    """Return a literal reference; else a logical one; else say that the data is absent."""
    if reference:
        return {"reference": reference}
    if instead:
        return {"identifier": _identifier(instead)}
    return {"extension": [{"url": urls.ABSENT_REASON, "valueCode": "unknown"}]}


def _identifier(identifier: Identifier) -> Object:
    return _filled({"system": identifier.system, "value": identifier.value})


def _coding(coding: Coding) -> Object:
    return _filled({"system": coding.system, "code": coding.code})


def _concept(coding: Coding) -> Object:
    return {"coding": [_coding(coding)]}


def _period(period: Period) -> Object:
    ends: dict[str, date | None] = {"start": period.start, "end": period.end}
    return {name: value for name, value in ends.items() if value}


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _filled(element: Object) -> Object:
    """Leave out what is empty: FHIR knows no empty strings, lists or objects."""
    return {
        name: value for name, value in element.items() if value is not None and value != "" and value not in ([], {})
    }
