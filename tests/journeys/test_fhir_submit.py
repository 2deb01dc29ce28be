"""A connected system asks by Claim/$submit and has its answer in the same call."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.models import Attachment, Authorization
from forthwith.apps.authorizations.reference import forget
from forthwith.apps.criteria.models import ServiceCode
from forthwith.apps.directory.models import Coverage
from forthwith.apps.tenancy.models import Plan
from forthwith.domain.words import Outcome
from forthwith.formats.fhir.pas import urls
from forthwith.interfaces.cli import tenant
from tests.factories import MEETS, World, scope, world
from tests.journeys.pas import (
    Bundle,
    actions_of,
    bundle,
    claim_of,
    issue_of,
    name_member,
    name_service,
    resource,
    response_of,
    send,
    soon,
)

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).parents[1] / "formats/fhir"
UNCLEAR = {key: value for key, value in MEETS.items() if key != "imaging_concordant"}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
Edit = Callable[[Bundle], object]


@pytest.fixture
def w() -> World:
    return world()


def test_what_meets_the_criteria_is_certified_at_once(w: World) -> None:
    response = response_of(send(w, bundle(w, on=soon())))
    row = Authorization.objects.get()
    number = row.lines.get().authorization_number
    assert actions_of(response) == ["A1"]
    assert response["outcome"] == "complete"
    assert response["disposition"] == "Approved"
    assert number == f"{response['preAuthRef']}-01"
    assert response["id"] == str(row.id)
    assert {"value": row.number, "system": "https://forthwith.example/codes/reference-number"} in response["identifier"]
    assert response["item"][0]["itemSequence"] == 1
    assert "L33906" in response["processNote"][0]["text"]
    reviewer = response["extension"][0]["extension"]
    assert reviewer == [{"url": "wasHumanReviewedFlag", "valueBoolean": False}]
    assert row.channel == "fhir" and row.external["bundle"]["value"] == "SUB-1"


def test_the_answer_echoes_what_it_refers_to(w: World) -> None:
    sent = bundle(w, on=soon())
    answered = json.loads(send(w, sent).content)
    given = {entry["fullUrl"]: entry["resource"] for entry in answered["entry"]}
    patient = answered["entry"][0]["resource"]["patient"]["reference"]
    assert given[patient] == resource(sent, "member")
    assert answered["identifier"] == sent["identifier"]


def test_a_denied_line_carries_the_specific_reason_and_says_that_a_person_decided(w: World) -> None:
    sent = bundle(w, answers=UNCLEAR, on=soon())
    send(w, sent)
    row = Authorization.objects.get()
    scope(w.tenant)
    at = now()
    why = "Six weeks of conservative care are not documented."
    decision = actions.LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, reason=why)
    actions.determine(number=row.number, decisions=[decision], by=_taken(w, row, at), at=at)
    response = response_of(send(w, sent))
    assert actions_of(response) == ["A3"]
    assert response["disposition"] == "Denied"
    told = {note["number"]: note["text"] for note in response["processNote"]}
    assert told[response["item"][0]["noteNumber"][0]] == why
    assert {"url": "wasHumanReviewedFlag", "valueBoolean": True} in response["extension"][0]["extension"]
    assert "preAuthRef" not in response


def test_another_owner_is_named(w: World) -> None:
    sent = bundle(w, on=soon())
    name_service(sent, "SVC:HH-NURSE")
    response = response_of(send(w, sent))
    assert actions_of(response) == ["CT"]
    assert "Who decides: The member's health plan." in [note["text"] for note in response["processNote"]]


def test_missing_facts_pend_with_the_day_an_answer_is_owed(w: World) -> None:
    response = response_of(send(w, bundle(w, answers=UNCLEAR, on=soon())))
    row = Authorization.objects.get()
    assert actions_of(response) == ["A4"]
    assert response["disposition"] == "Received"
    assert "preAuthRef" not in response
    extensions = response["item"][0]["extension"]
    assert {"url": urls.ADMINISTRATION_NUMBER, "valueString": row.number} in extensions
    assert any("An answer is owed by" in note["text"] for note in response["processNote"])
    assert row.due_at is not None


def test_care_that_needs_no_authorization_is_said_so(w: World) -> None:
    sent = bundle(w, on=soon())
    claim_of(sent)["item"][0]["productOrService"]["coding"][0]["code"] = "SVC:EXER"
    response = response_of(send(w, sent))
    assert actions_of(response) == ["NA"]
    assert response["disposition"] == "Submission not required"


def test_some_lines_certified_and_others_pended_is_partial(w: World) -> None:
    sent = bundle(w, on=soon())
    second = json.loads(json.dumps(claim_of(sent)["item"][0])) | {"sequence": 7}
    second["productOrService"]["coding"][0]["code"] = "SVC:MRI-LB"
    claim_of(sent)["item"].append(second)
    response = response_of(send(w, sent))
    assert response["outcome"] == "partial"
    assert actions_of(response) == ["A1", "A4"]
    assert [item["itemSequence"] for item in response["item"]] == [1, 7]


def test_a_reduced_line_comes_back_as_modified_with_what_is_authorized(w: World) -> None:
    sent = bundle(w, on=soon())
    claim_of(sent)["item"][0]["quantity"]["value"] = 4
    send(w, sent)
    row = Authorization.objects.get()
    decision = actions.LineDecision(
        sequence=1, outcome=Outcome.MODIFIED, units=2, reason="Two sessions are shown to help."
    )
    scope(w.tenant)
    at = now()
    actions.determine(number=row.number, decisions=[decision], by=_taken(w, row, at), at=at)
    response = response_of(send(w, sent))
    assert actions_of(response) == ["A6"]
    assert response["addItem"][0]["quantity"]["value"] == 2
    assert response["extension"][0]["extension"][0]["valueBoolean"] is True
    assert any("Two sessions" in note["text"] for note in response["processNote"])


def test_what_is_asked_of_the_office_comes_as_communication_requests(w: World) -> None:
    sent = bundle(w, answers=UNCLEAR, on=soon())
    send(w, sent)
    row = Authorization.objects.get()
    scope(w.tenant)
    at = now()
    actions.ask_for_information(
        number=row.number, questions=["Which scan was made?"], message="Please send it.", by=_taken(w, row, at), at=at
    )
    answered = json.loads(send(w, sent).content)
    asked_for = [e["resource"] for e in answered["entry"] if e["resource"]["resourceType"] == "CommunicationRequest"]
    assert [each["note"][0]["text"] for each in asked_for] == ["Which scan was made?", "Please send it."]
    references = [each["reference"] for each in answered["entry"][0]["resource"]["communicationRequest"]]
    assert references == [f"urn:uuid:{each['id']}" for each in asked_for]


def _taken(w: World, row: Authorization, at: Any) -> Any:
    from forthwith.apps.review import actions as review

    review.take(number=row.number, by=w["physician"], at=at)
    return w["physician"]


@pytest.mark.parametrize(
    ("code", "expected"), [("U", "expedited"), ("03", "expedited"), ("E", "standard"), (None, "standard")]
)
def test_the_level_of_service_moves_the_clock(w: World, code: str | None, expected: str) -> None:
    sent = bundle(w, answers=UNCLEAR, on=soon())
    if code:
        coding = {"system": urls.X12_LEVEL_OF_SERVICE, "code": code}
        claim_of(sent)["extension"] = [{"url": urls.LEVEL_OF_SERVICE, "valueCodeableConcept": {"coding": [coding]}}]
    response_of(send(w, sent))
    row = Authorization.objects.get()
    assert row.urgency == expected
    assert (row.attested_by == "Elise Thibodeau") is (expected == "expedited")


def test_a_code_that_the_plan_maps_names_our_service(w: World) -> None:
    ServiceCode.objects.create(tenant=w.tenant, system=urls.HCPCS, code="G0260", service="SVC:ESI-TF1")
    sent = bundle(w, on=soon())
    codings = [{"system": "urn:other", "code": "X"}, {"system": urls.HCPCS, "code": "G0260"}]
    claim_of(sent)["item"][0]["productOrService"]["coding"] = codings
    assert actions_of(response_of(send(w, sent))) == ["A1"]


def test_documents_and_words_go_with_the_request(w: World) -> None:
    sent = bundle(w, answers=UNCLEAR, on=soon())
    _document(sent, 4, "application/pdf", PDF, "MRI report")
    _document(sent, 5, "text/plain", b"Walking makes it worse.", "Note")
    _document(sent, 6, "application/rtf", b"{\\rtf1 no}", "Old note")
    response = response_of(send(w, sent))
    row = Authorization.objects.get()
    kept = Attachment.objects.get()
    assert (kept.name, kept.media_type, kept.authorization_id) == ("MRI report", "application/pdf", row.id)
    assert row.clinical_reason == "Patient prefers mornings.\n\nNote\nWalking makes it worse."
    assert any(note["text"].startswith("Old note: ") for note in response["processNote"])
    assert response_of(send(w, sent))["id"] == response["id"]
    assert Attachment.objects.count() == 1


def _document(sent: Bundle, sequence: int, kind: str, content: bytes, title: str) -> None:
    url = f"urn:uuid:00000000-0000-4000-8000-00000000000{sequence}"
    attachment = {"contentType": kind, "title": title, "data": base64.b64encode(content).decode()}
    note = {
        "resourceType": "DocumentReference",
        "id": f"d{sequence}",
        "status": "current",
        "content": [{"attachment": attachment}],
    }
    sent["entry"].append({"fullUrl": url, "resource": note})
    category = {"coding": [{"system": urls.PAS_CODES, "code": "additionalInformation"}]}
    support = {"sequence": sequence, "category": category, "valueReference": {"reference": url}}
    claim_of(sent)["supportingInfo"].append(support)


def test_the_same_bundle_again_has_the_same_answer(w: World) -> None:
    sent = bundle(w, on=soon())
    first, again = response_of(send(w, sent)), response_of(send(w, sent))
    assert first == again
    assert Authorization.objects.count() == 1
    assert Event.objects.filter(verb="submitted").count() == 1


def test_an_identifier_is_refused_for_another_bundle(w: World) -> None:
    send(w, bundle(w, on=soon()))
    other = bundle(w, on=soon() + timedelta(days=1))
    answer = send(w, other)
    assert answer.status_code == 409
    assert issue_of(answer)["code"] == "conflict"
    assert Authorization.objects.count() == 1


def test_the_member_number_is_found_wherever_the_sender_puts_it(w: World) -> None:
    sent = bundle(w, on=soon())
    resource(sent, "coverage")["identifier"][0] = {"type": resource(sent, "coverage")["identifier"][0]["type"]}
    resource(sent, "coverage")["subscriberId"] = "FAMILY-7"
    resource(sent, "member")["identifier"][0].pop("type")
    assert actions_of(response_of(send(w, sent))) == ["A1"]


def test_of_two_plans_the_insurer_of_the_claim_is_meant(w: World) -> None:
    values = {"line_of_business": "medicaid", "state": "NY", "zone": "America/New_York"}
    second = Plan.objects.create(tenant=w.tenant, key="second", payer_id="SECOND", name="Sample Second", **values)
    Coverage.objects.create(tenant=w.tenant, member=w.member, plan=second, starts_on=date(2020, 1, 1), priority=2)
    forget()
    for number, payer in enumerate((w.plan.payer_id, "SECOND")):
        sent = bundle(w, key=str(number), answers=UNCLEAR, on=soon())
        resource(sent, "plan")["identifier"][0]["value"] = payer
        assert response_of(send(w, sent))["outcome"] == "complete"
    chosen = Authorization.objects.order_by("received_at").values_list("plan__payer_id", flat=True)
    assert list(chosen) == [w.plan.payer_id, "SECOND"]


def test_anothers_member_and_nobodys_are_one_answer(w: World) -> None:
    other = world("saguaro")
    scope(w.tenant)
    sent = [bundle(w, on=soon()) for _ in range(2)]
    name_member(sent[0], other.member.number)
    name_member(sent[1], "NOBODY")
    answers = [response_of(send(w, each)) for each in sent]
    assert answers[0]["error"] == answers[1]["error"]
    assert answers[0]["processNote"] == answers[1]["processNote"]


def test_a_client_asks_for_its_own_organization_only(w: World) -> None:
    sent = bundle(w, on=soon())
    resource(sent, "practice")["identifier"][0]["value"] = w.facility.npi
    assert response_of(send(w, sent))["error"][0]["code"]["coding"][0]["code"] == "41"


def test_a_practitioner_alone_asks_for_the_clients_organization(w: World) -> None:
    sent = bundle(w, on=soon())
    doctor = next(entry["fullUrl"] for entry in sent["entry"] if entry["resource"]["id"] == "doctor")
    claim_of(sent)["provider"] = {"reference": doctor}
    assert actions_of(response_of(send(w, sent))) == ["A1"]


def test_a_request_without_diagnosis_or_day_of_service_is_taken_and_seen_by_a_person(w: World) -> None:
    sent = bundle(w, on=soon())
    claim = claim_of(sent)
    del claim["diagnosis"], claim["item"][0]["diagnosisSequence"], claim["item"][0]["servicedDate"]
    assert actions_of(response_of(send(w, sent))) == ["A4"]


EXAMPLES = ("homecare", "medical-services", "referral", "surgical")


def test_the_guides_own_examples_are_answered_as_they_are_once_a_file_maps_them(w: World, tmp_path: Path) -> None:
    bundles = [json.loads((GUIDE / f"guide-{name}.json").read_text()) for name in EXAMPLES]
    assert {response_of(send(w, sent))["outcome"] for sent in bundles} == {"error"}
    codings = [item["productOrService"]["coding"][0] for sent in bundles for item in claim_of(sent)["item"]]
    path = tmp_path / "own.json"
    path.write_text(json.dumps({
        "tenant": w.tenant.key,
        "payers": [{"identifier": "1234567893", "plan": w.plan.key}],
        "providers": [
            {"identifier": "8189991234", "npi": w.office.npi}, {"identifier": "1234567893", "npi": w.doctor.npi}
        ],
        "codes": [{**coding, "service": "SVC:MRI-LB"} for coding in codings],
        "members": [{
            "number": "1122334455", "first_name": "Joe", "last_name": "Smith", "birth_on": "1960-03-02", "sex": "M",
            "coverage": [{"plan": w.plan.key, "starts_on": "2001-01-01"}],
        }],
    }))  # fmt: skip
    tenant.load(path)
    for sent in bundles:
        response = response_of(send(w, sent))
        assert response["outcome"] == "complete", response
        assert [item["itemSequence"] for item in response["item"]] == [i["sequence"] for i in claim_of(sent)["item"]]


def test_a_unit_that_is_not_the_services_own_is_said(w: World) -> None:
    sent = [bundle(w, key=str(n), answers=UNCLEAR, on=soon()) for n in range(2)]
    claim_of(sent[0])["item"][0]["quantity"] = {"value": 3, "unit": "mL"}
    claim_of(sent[1])["item"][0]["quantity"] = {"value": 3, "unit": "Sessions"}
    notes = [[note["text"] for note in response_of(send(w, each))["processNote"]] for each in sent]
    assert "The quantity is read as 3 of: session." in notes[0]
    assert not any("quantity" in text for text in notes[1])


def test_a_submission_through_this_door_costs_one_statement_more(w: World) -> None:
    from forthwith.apps.authorizations.actions.submit import SQL_STATEMENTS

    send(w, bundle(w, key="warm", on=soon()))
    with CaptureQueriesContext(connection) as spent:
        response_of(send(w, bundle(w, key="counted", on=soon())))
    sent = [query["sql"] for query in spent.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(sent) == SQL_STATEMENTS + 1, sent


def test_the_door_of_machines_looks_at_no_cookie(w: World) -> None:
    browser = Browser(HTTP_HOST=f"{w.tenant.key}.localhost")
    browser.cookies["forthwith_session"] = "a-session-of-somebody"
    with CaptureQueriesContext(connection) as spent:
        answer = browser.get("/fhir/metadata")
    assert answer.status_code == 200 and not answer.cookies
    assert not [q for q in spent.captured_queries if "session" in q["sql"]]
    assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
