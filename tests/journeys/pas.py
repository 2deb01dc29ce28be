"""A connected system at the FHIR door: request Bundles made for a world, and its answers read."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from django.utils.timezone import now

from forthwith.formats.fhir import schema
from forthwith.formats.fhir.pas import urls
from forthwith.formats.fhir.problems import Findings
from tests.factories import MEETS, World

SENT = json.loads((Path(__file__).parents[1] / "formats/fhir/request-injection.json").read_text())
SUBMIT = "/fhir/Claim/$submit"
Bundle = dict[str, Any]


def bundle(
    made: World, *, answers: dict[str, Any] | None = None, key: str = "SUB-1", on: date = date(2026, 12, 7)
) -> Bundle:
    """A request for one injection for the world's member, as its office's system sends it."""
    sent = copy.deepcopy(SENT)
    of = {entry["resource"]["id"]: entry["resource"] for entry in sent["entry"]}
    sent["identifier"]["value"] = key
    for resource in (of["member"], of["coverage"]):
        resource["identifier"][0]["value"] = made.member.number
    of["coverage"]["subscriberId"] = made.member.number
    of["member"] |= {
        "name": [{"family": made.member.last_name, "given": [made.member.first_name]}],
        "birthDate": made.member.birth_on.isoformat(),
    }
    of["plan"]["identifier"][0]["value"] = made.plan.payer_id
    of["practice"]["identifier"][0]["value"] = made.office.npi
    of["doctor"]["identifier"][0]["value"] = made.doctor.npi
    of["answers"] |= {"questionnaire": "https://forthwith.example/Questionnaire/MSK-ESI|2026.1"}
    of["answers"]["item"] = [_item(key, value) for key, value in (MEETS if answers is None else answers).items()]
    item = of["injection"]["item"][0]
    del item["servicedPeriod"]
    item["servicedDate"] = on.isoformat()
    item["locationCodeableConcept"]["coding"][0]["code"] = "11"
    drop(sent, "note")
    return sent


def drop(sent: Bundle, name: str) -> None:
    """Take a supporting resource out, and what points to it."""
    entry = next(entry for entry in sent["entry"] if entry["resource"]["id"] == name)
    sent["entry"].remove(entry)
    claim = claim_of(sent)
    gone = [
        each for each in claim["supportingInfo"] if each.get("valueReference", {}).get("reference") == entry["fullUrl"]
    ]
    numbers = {each["sequence"] for each in gone}
    claim["supportingInfo"] = [each for each in claim["supportingInfo"] if each not in gone]
    for item in claim["item"]:
        item["informationSequence"] = [n for n in item["informationSequence"] if n not in numbers]


def _item(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"linkId": key, "answer": [{"valueCoding": {"code": one}} for one in value]}
    if value in ("yes", "no"):
        return {"linkId": key, "answer": [{"valueBoolean": value == "yes"}]}
    if value.isdecimal():
        return {"linkId": key, "answer": [{"valueInteger": int(value)}]}
    return {"linkId": key, "answer": [{"valueCoding": {"code": value}}]}


def claim_of(sent: Bundle) -> dict[str, Any]:
    """The Claim."""
    claim: dict[str, Any] = sent["entry"][0]["resource"]
    return claim


def resource(sent: Bundle, name: str) -> dict[str, Any]:
    """The resource with this id."""
    return next(entry["resource"] for entry in sent["entry"] if entry["resource"]["id"] == name)


def name_member(sent: Bundle, number: str) -> None:
    """Ask about the member of this number."""
    for name in ("member", "coverage"):
        resource(sent, name)["identifier"][0]["value"] = number
    resource(sent, "coverage")["subscriberId"] = number


def name_diagnosis(sent: Bundle, code: str) -> None:
    """Give this diagnosis."""
    claim_of(sent)["diagnosis"][0]["diagnosisCodeableConcept"]["coding"][0]["code"] = code


def name_service(sent: Bundle, code: str) -> None:
    """Ask for this service."""
    claim_of(sent)["item"][0]["productOrService"]["coding"][0]["code"] = code


def soon() -> date:
    """In two weeks."""
    return now().date() + timedelta(days=14)


def send(made: World, sent: Bundle | bytes, **more: Any) -> Any:
    """POST the Bundle with the client's token."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    values: dict[str, Any] = {
        "content_type": "application/fhir+json", "HTTP_HOST": f"{made.tenant.key}.localhost",
        "HTTP_AUTHORIZATION": f"Bearer {made.token}", **more,
    }  # fmt: skip
    return Client().post(SUBMIT, body, **values)


def response_of(answer: Any) -> dict[str, Any]:
    """The ClaimResponse of a response Bundle, which is always held against R4 and the profile's rules."""
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/fhir+json"
    answered = json.loads(answer.content)
    check_shape(answered)
    found: dict[str, Any] = answered["entry"][0]["resource"]
    check_response(answered, found)
    return found


def check_shape(resource: Bundle) -> None:
    """Every resource has the shape that R4 gives its type; none is let pass unknown."""
    findings = Findings()
    schema.check(resource, resource["resourceType"], findings)
    for place, entry in enumerate(resource.get("entry", ())):
        schema.check(entry["resource"], f"Bundle.entry[{place}].resource", findings)
    assert findings.errors + findings.warnings == []


def check_response(answered: Bundle, response: dict[str, Any]) -> None:
    """profile-pas-response-bundle and profile-claimresponse, as far as they bind us (PAS 2.2.1)."""
    assert answered["type"] == "collection" and answered["identifier"]["value"] and answered["timestamp"]
    kinds = [entry["resource"]["resourceType"] for entry in answered["entry"]]
    assert kinds[0] == "ClaimResponse" and kinds.count("ClaimResponse") == 1 and "Claim" not in kinds
    given = [entry["fullUrl"] for entry in answered["entry"]]
    assert len(set(given)) == len(given) and all(given)
    assert {"status": "active", "use": "preauthorization"}.items() <= response.items()
    assert response["outcome"] in ("complete", "partial", "error")
    assert response["created"] and response["type"]["coding"][0]["code"] and response["request"]
    references = [response[name]["reference"] for name in ("patient", "insurer", "requestor")]
    references += [each["reference"] for each in response.get("communicationRequest", ())]
    assert set(references) <= set(given)
    notes = {note["number"] for note in response.get("processNote", ())}
    for item in (*response.get("item", ()), *response.get("addItem", ())):
        _check_item(item, notes)
    assert (response["outcome"] == "error") is ("error" in response) is ("item" not in response)
    for error in response.get("error", ()):
        assert error["code"]["coding"][0]["system"] == urls.X12_REJECT_REASON


def _check_item(item: dict[str, Any], notes: set[int]) -> None:
    (adjudication,) = item["adjudication"]
    assert adjudication["category"] == {"coding": [{"system": urls.ADJUDICATION, "code": "submitted"}]}
    (action,) = adjudication["extension"]
    assert action["url"] == urls.REVIEW_ACTION
    parts = {part["url"]: part for part in action["extension"]}
    (coding,) = parts[urls.REVIEW_ACTION_CODE]["valueCodeableConcept"]["coding"]
    assert coding["system"] == urls.X12_REVIEW_ACTION
    extensions = {part["url"] for part in item["extension"]}
    assert ("number" in parts) is (coding["code"] in ("A1", "A6")) is (urls.ISSUE_DATE in extensions)
    assert urls.ADMINISTRATION_NUMBER in extensions
    assert set(item.get("noteNumber", ())) <= notes
    if coding["code"] in ("A3", "A4", "CT", "NA"):
        assert item["noteNumber"]


def actions_of(response: dict[str, Any]) -> list[str]:
    """The review action code of each line."""
    found = []
    for item in response["item"]:
        parts = item["adjudication"][0]["extension"][0]["extension"]
        code = next(part for part in parts if part["url"] == urls.REVIEW_ACTION_CODE)
        found.append(code["valueCodeableConcept"]["coding"][0]["code"])
    return found


def issue_of(answer: Any) -> dict[str, Any]:
    """The first issue of an OperationOutcome."""
    outcome = json.loads(answer.content)
    assert outcome["resourceType"] == "OperationOutcome"
    check_shape(outcome)
    assert answer["Content-Type"] == "application/fhir+json"
    found: dict[str, Any] = outcome["issue"][0]
    return found
