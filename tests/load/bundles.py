"""Request Bundles for a member of the sample world, as many as are wanted, each under its own key."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

SENT = json.loads((Path(__file__).parents[1] / "formats/fhir/request-injection.json").read_text())


def template(
    world: dict[str, Any], client: dict[str, Any], number: int = 0, *, expected: str = "Approved"
) -> dict[str, Any]:
    """A Bundle from this client's practice that is answered as expected every time, without a key."""
    portal = client["portal"]
    fitting = [one for one in world["services"] if one["portal"] == portal and one["expected"] == expected]
    service = next((one for one in fitting if one.get("repeats")), fitting[0])
    plans = {plan["key"]: plan for plan in world["plans"]}
    today = date.today()  # noqa: DTZ011 (the measuring machine's day is good enough)
    members = [one for one in world["members"] if one["portal"] == portal and _covered(one, today)]
    member = members[number % len(members)]
    sent = copy.deepcopy(SENT)
    of = {entry["resource"]["id"]: entry["resource"] for entry in sent["entry"]}
    for resource in (of["member"], of["coverage"]):
        resource["identifier"][0]["value"] = member["number"]
    of["coverage"]["subscriberId"] = member["number"]
    of["member"]["name"] = [{"family": member["last_name"], "given": [member["first_name"]]}]
    of["member"]["birthDate"] = member["birth_on"]
    of["plan"]["identifier"][0]["value"] = plans[member["plans"][0]]["payer_id"]
    of["practice"]["identifier"][0]["value"] = client["organization_npi"]
    of["doctor"]["identifier"][0]["value"] = world["practitioners"][0]["npi"]
    _answer_questions(sent, of, service["facts"])
    of["injection"]["diagnosis"] = of["injection"]["diagnosis"][:1]
    of["injection"]["diagnosis"][0]["diagnosisCodeableConcept"]["coding"][0]["code"] = service["diagnoses"][0]
    item = of["injection"]["item"][0]
    item["diagnosisSequence"] = [of["injection"]["diagnosis"][0]["sequence"]]
    item["quantity"] = {**item.get("quantity", {}), "value": service["units"]}
    item["productOrService"]["coding"] = [service["coding"]]
    item.pop("servicedPeriod", None)
    item["servicedDate"] = (today + timedelta(days=14)).isoformat()
    return sent


def _answer_questions(sent: dict[str, Any], of: dict[str, Any], facts: dict[str, Any]) -> None:
    """The facts of the service's package; where it has none, no questionnaire goes with the request."""
    if facts:
        (package, answers), *_ = facts.items()
        of["answers"]["questionnaire"] = f"https://forthwith.example/Questionnaire/{package}|2026.1"
        of["answers"]["item"] = [_item(key, value) for key, value in answers.items()]
        return
    gone = next(entry for entry in sent["entry"] if entry["resource"] is of["answers"])
    sent["entry"].remove(gone)
    claim = sent["entry"][0]["resource"]
    kept = [one for one in claim["supportingInfo"] if one.get("valueReference", {}).get("reference") != gone["fullUrl"]]
    left = {one["sequence"] for one in kept}
    claim["supportingInfo"] = kept
    for item in claim["item"]:
        item["informationSequence"] = [n for n in item.get("informationSequence", ()) if n in left]
        if not item["informationSequence"]:
            del item["informationSequence"]
    if not kept:
        del claim["supportingInfo"]


def _covered(member: dict[str, Any], today: date) -> bool:
    spans = member["coverage"]
    return len(spans) == 1 and spans[0]["starts_on"] <= today.isoformat() and not spans[0]["ends_on"]


def _item(key: str, value: Any) -> dict[str, Any]:
    values = value if isinstance(value, list) else [value]
    return {"linkId": key, "answer": [_answer(one) for one in values]}


def _answer(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    return {"valueString": str(value)}


def with_key(sent: dict[str, Any], key: str) -> bytes:
    """The Bundle under this key."""
    return json.dumps(sent | {"identifier": {**sent["identifier"], "value": key}}).encode()
