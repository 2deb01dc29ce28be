"""A connected system asks by Claim/$submit and has its answer in the same call."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.models import Attachment, Authorization
from forthwith.apps.criteria.models import ServiceCode
from forthwith.apps.identity.models import Client, Token
from forthwith.apps.letters.models import Letter
from forthwith.domain.words import Outcome
from forthwith.formats.fhir import schema
from forthwith.formats.fhir.pas import urls
from forthwith.formats.fhir.problems import Findings
from forthwith.interfaces.cli import tenant
from tests.factories import AT, MEETS, World, add_member, scope, world
from tests.journeys.pas import SUBMIT, Bundle, actions_of, bundle, claim_of, issue_of, resource, response_of, send

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).parents[1] / "formats/fhir"
UNCLEAR = {key: value for key, value in MEETS.items() if key != "imaging_concordant"}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
Edit = Callable[[Bundle], object]


@pytest.fixture
def w() -> World:
    return world()


def soon() -> date:
    return now().date() + timedelta(days=14)


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
    _service(sent, "SVC:HH-NURSE")
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


REJECTED: list[tuple[str, Edit, str, str]] = [
    ("unknown member", lambda b: _member(b, "NOBODY"), "75", "patient"),
    ("another's birth date", lambda b: resource(b, "member").update(birthDate="1999-01-01"), "75", "patient"),
    ("another's name", lambda b: resource(b, "member")["name"][0].update(family="Other"), "75", "patient"),
    ("payer", lambda b: resource(b, "plan")["identifier"][0].update(value="ELSEWHERE"), "95", "patient"),
    ("before coverage", lambda b: claim_of(b)["item"][0].update(servicedDate="2019-05-05"), "95", "patient"),
    ("no NPI", lambda b: resource(b, "practice")["identifier"][0].update(value="8189991234"), "43", "provider"),
    ("unknown NPI", lambda b: resource(b, "doctor")["identifier"][0].update(value="1234567893"), "51", "careTeam"),
    ("service", lambda b: _service(b, "SVC:NONE"), "AG", "item[0].productOrService"),
    ("units", lambda b: claim_of(b)["item"][0]["quantity"].update(value=100000), "33", "item[0].quantity"),
    ("decimals", lambda b: claim_of(b)["item"][0]["quantity"].update(value=0.0001), "33", "item[0].quantity"),
    ("far", lambda b: claim_of(b)["item"][0].update(servicedDate="9999-12-31"), "33", "item[0]"),
    ("sequence", lambda b: claim_of(b)["item"][0].update(sequence=2**31 - 1), "33", "item[0]"),
    ("no NPI at all", lambda b: resource(b, "practice")["identifier"][0].update(system="urn:x"), "43", "provider"),
    ("diagnosis", lambda b: _diagnosis(b, "SCIATICA"), "AF", "diagnosis"),
]


def _member(sent: Bundle, number: str) -> None:
    for name in ("member", "coverage"):
        resource(sent, name)["identifier"][0]["value"] = number
    resource(sent, "coverage")["subscriberId"] = number


def _diagnosis(sent: Bundle, code: str) -> None:
    claim_of(sent)["diagnosis"][0]["diagnosisCodeableConcept"]["coding"][0]["code"] = code


def _service(sent: Bundle, code: str) -> None:
    claim_of(sent)["item"][0]["productOrService"]["coding"][0]["code"] = code


@pytest.mark.parametrize(("edit", "code", "where"), [row[1:] for row in REJECTED], ids=[row[0] for row in REJECTED])
def test_what_the_plan_cannot_take_is_an_error_in_the_answer(w: World, edit: Edit, code: str, where: str) -> None:
    sent = bundle(w, on=soon())
    edit(sent)
    response = response_of(send(w, sent))
    assert response["outcome"] == "error"
    assert "item" not in response
    codes = {error["code"]["coding"][0]["code"]: error["extension"] for error in response["error"]}
    assert code in codes
    places = [part["valueString"] for part in codes[code] if part["url"] == urls.ERROR_PATH]
    assert places == ([f"Bundle.entry[0].resource.{where}"] if where else [])
    assert response["processNote"]
    assert not Authorization.objects.exists() and not Event.objects.exists() and not Letter.objects.exists()


def test_the_member_number_is_found_wherever_the_sender_puts_it(w: World) -> None:
    sent = bundle(w, on=soon())
    resource(sent, "coverage")["identifier"][0] = {"type": resource(sent, "coverage")["identifier"][0]["type"]}
    resource(sent, "coverage")["subscriberId"] = "FAMILY-7"
    resource(sent, "member")["identifier"][0].pop("type")
    assert actions_of(response_of(send(w, sent))) == ["A1"]


def test_anothers_member_and_nobodys_are_one_answer(w: World) -> None:
    other = world("saguaro")
    scope(w.tenant)
    sent = [bundle(w, on=soon()) for _ in range(2)]
    _member(sent[0], other.member.number)
    _member(sent[1], "NOBODY")
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


def test_an_answer_that_cannot_be_read_is_named_by_its_question(w: World) -> None:
    sent = bundle(w, on=soon())
    resource(sent, "answers")["item"][0]["answer"] = [{"valueString": "hip"}]
    (error,) = response_of(send(w, sent))["error"]
    place = next(part["valueString"] for part in error["extension"] if part["url"] == urls.ERROR_PATH)
    number = next(n for n, entry in enumerate(sent["entry"]) if entry["resource"]["id"] == "answers")
    assert place == f"Bundle.entry[{number}].resource.repeat(item).where(linkId='region').answer"


def test_a_unit_that_is_not_the_services_own_is_said(w: World) -> None:
    sent = [bundle(w, key=str(n), answers=UNCLEAR, on=soon()) for n in range(2)]
    claim_of(sent[0])["item"][0]["quantity"] = {"value": 3, "unit": "mL"}
    claim_of(sent[1])["item"][0]["quantity"] = {"value": 3, "unit": "Sessions"}
    notes = [[note["text"] for note in response_of(send(w, each))["processNote"]] for each in sent]
    assert "The quantity is read as 3 of: session." in notes[0]
    assert not any("quantity" in text for text in notes[1])


def test_a_change_to_single_services_is_rejected_and_says_what_to_do(w: World) -> None:
    response = response_of(send(w, (GUIDE / "request-update.json").read_bytes()))
    assert response["outcome"] == "error"
    assert "send a new one" in response["processNote"][0]["text"]


def cancelling(w: World, *, items: bool) -> Bundle:
    """The same Claim, taken back: on the Claim itself, or on each of its items."""
    sent = bundle(w, key="CANCEL-1", on=soon())
    claim = claim_of(sent)
    cancel = {"coding": [{"system": urls.X12_CERTIFICATION, "code": "3"}]}
    if items:
        kept = [each for each in claim["item"][0]["extension"] if each["url"] != urls.CERTIFICATION_TYPE]
        claim["item"][0]["extension"] = [*kept, {"url": urls.CERTIFICATION_TYPE, "valueCodeableConcept": cancel}]
        claim["item"][0]["modifierExtension"] = [{"url": urls.INFO_CANCELLED, "valueBoolean": True}]
        return sent
    claim["extension"] = [{"url": urls.CERTIFICATION_TYPE, "valueCodeableConcept": cancel}]
    del claim["item"]
    return sent


@pytest.mark.parametrize("items", [False, True], ids=["the claim", "every item"])
def test_a_whole_request_is_taken_back(w: World, items: bool) -> None:
    send(w, bundle(w, answers=UNCLEAR, on=soon()))
    first, again = (response_of(send(w, cancelling(w, items=items))) for _ in range(2))
    row = Authorization.objects.get()
    assert row.status == "Withdrawn"
    assert first["disposition"] == "Withdrawn" and actions_of(first) == ["C"]
    assert first["id"] == str(row.id)
    assert again == first
    assert Event.objects.filter(verb="withdrawn").count() == 1


def test_a_request_is_taken_back_by_our_number(w: World) -> None:
    response = response_of(send(w, bundle(w, answers=UNCLEAR, on=soon())))
    sent = cancelling(w, items=False)
    ours = next(each for each in response["identifier"] if "forthwith" in each.get("system", ""))
    claim_of(sent)["identifier"] = [{"system": ours["system"], "value": ours["value"]}]
    assert actions_of(response_of(send(w, sent))) == ["C"]


def test_what_is_decided_cannot_be_taken_back(w: World) -> None:
    send(w, bundle(w, on=soon()))
    response = response_of(send(w, cancelling(w, items=False)))
    assert response["outcome"] == "error"
    assert "has been decided" in response["processNote"][0]["text"]
    assert Authorization.objects.get().status == "Approved"


def test_nobody_takes_back_what_is_not_theirs(w: World) -> None:
    send(w, bundle(w, answers=UNCLEAR, on=soon()))
    scope(w.tenant)
    other, _ = add_member(w.tenant, w.plan)
    sent = cancelling(w, items=False)
    _member(sent, other.number)
    assert response_of(send(w, sent))["outcome"] == "error"
    Authorization.objects.update(organization=w.facility)
    assert response_of(send(w, cancelling(w, items=False)))["outcome"] == "error"
    assert Authorization.objects.get().status == "Received"


def test_a_cancelled_line_of_a_new_request_is_not_asked_for(w: World) -> None:
    sent = bundle(w, on=soon())
    second = json.loads(json.dumps(claim_of(sent)["item"][0])) | {"sequence": 2}
    second["modifierExtension"] = [{"url": urls.INFO_CANCELLED, "valueBoolean": True}]
    claim_of(sent)["item"].append(second)
    response = response_of(send(w, sent))
    assert response["outcome"] == "error"
    assert not Authorization.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "structure"),
        (b"{", 400, "structure"),
        (b'{"resourceType": "Bundle", "resourceType": "Bundle"}', 400, "structure"),
        (b"[" * 50_000, 400, "structure"),
        (b'{"resourceType": "Patient"}', 422, "structure"),
        (b'{"resourceType": "Bundle", "type": "batch"}', 422, "required"),
        (b" " * (10 * 1024 * 1024 + 1), 413, "too-long"),
    ],
    ids=["empty", "cut", "twice", "deep", "patient", "batch", "large"],
)
def test_bodies_that_cannot_be_read(w: World, body: bytes, status: int, code: str) -> None:
    answer = send(w, body, CONTENT_TYPE="application/fhir+json")
    assert answer.status_code == status
    assert issue_of(answer)["code"] == code


def test_every_error_of_a_bundle_names_its_place(w: World) -> None:
    sent = bundle(w, on=soon())
    resource(sent, "member")["birthDate"] = "soon"
    claim_of(sent)["use"] = 7
    answer = send(w, sent)
    assert answer.status_code == 422
    places = {place for issue in json.loads(answer.content)["issue"] for place in issue["expression"]}
    assert places == {"Bundle.entry[0].resource.use", "Bundle.entry[1].resource.birthDate"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"HTTP_AUTHORIZATION": ""}, 401),
        ({"HTTP_AUTHORIZATION": "Basic eDp5"}, 401),
        ({"HTTP_AUTHORIZATION": "Bearer nobody"}, 401),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/fhir+xml"}, 415),
        ({"content_type": "application/fhir+json; charset=latin-1"}, 415),
        ({"HTTP_CONTENT_ENCODING": "gzip"}, 415),
        ({"HTTP_ACCEPT": "application/fhir+xml"}, 406),
        ({"HTTP_ACCEPT": ""}, 200),
        ({"QUERY_STRING": "_format=xml"}, 406),
        ({"QUERY_STRING": "_format=json", "HTTP_ACCEPT": "text/html"}, 200),
        ({"QUERY_STRING": "_format=application/fhir+json"}, 200),
        ({"content_type": "application/json; charset=UTF-8"}, 200),
        ({"HTTP_ACCEPT": "application/json"}, 200),
    ],
)
def test_who_may_enter_and_in_which_format(w: World, headers: dict[str, str], status: int) -> None:
    answer = send(w, bundle(w, on=soon()), **headers)
    assert answer.status_code == status
    if status == 401:
        assert answer["WWW-Authenticate"].startswith('Bearer realm="fhir"')
    if status != 200:
        assert issue_of(answer)["severity"] == "error"


@pytest.mark.parametrize("change", [{"revoked_at": AT}, {"expires_at": AT - timedelta(days=1)}])
def test_a_token_that_is_over_opens_nothing(w: World, change: dict[str, Any]) -> None:
    Token.objects.update(**change)
    assert send(w, bundle(w, on=soon())).status_code == 401


def test_a_token_of_another_portal_opens_nothing(w: World) -> None:
    other = world("saguaro")
    assert send(w, bundle(w, on=soon()), HTTP_AUTHORIZATION=f"Bearer {other.token}").status_code == 401


def test_a_client_without_the_right_is_refused(w: World) -> None:
    Client.objects.update(role="biller")
    answer = send(w, bundle(w, on=soon()))
    assert answer.status_code == 403
    assert issue_of(answer)["code"] == "forbidden"


def test_a_host_that_is_nobodys_is_told_in_fhir(w: World) -> None:
    answer = send(w, bundle(w, on=soon()), HTTP_HOST="nobody.localhost")
    assert answer.status_code == 404
    assert issue_of(answer)["code"] == "not-found"


def test_other_methods_and_addresses(w: World) -> None:
    browser = Browser(HTTP_HOST=f"{w.tenant.key}.localhost")
    refused = browser.get(SUBMIT)
    assert (refused.status_code, refused["Allow"]) == (405, "POST")
    assert issue_of(refused)["code"] == "not-supported"
    for address in ("/fhir/", "/fhir/Patient/1", "/fhir/Claim/$inquire"):
        missing = browser.get(address)
        assert missing.status_code == 404
        assert issue_of(missing)["code"] == "not-found"
    assert browser.post("/fhir/metadata").status_code == 405
    assert browser.get("/fhir/metadata?_format=xml").status_code == 406
    assert browser.get("/fhir/metadata", HTTP_ACCEPT="application/fhir+xml").status_code == 406


def test_metadata_says_what_this_door_does(w: World) -> None:
    answer = Browser(HTTP_HOST=f"{w.tenant.key}.localhost").get("/fhir/metadata")
    statement = json.loads(answer.content)
    findings = Findings()
    schema.check(statement, "CapabilityStatement", findings)
    assert findings.errors == []
    assert statement["implementation"]["url"] == f"http://{w.tenant.key}.localhost/fhir"
    assert statement["rest"][0]["resource"][0]["operation"][0]["definition"] == urls.SUBMIT_OPERATION


def test_a_database_that_is_away_is_a_503_without_details(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def away(**_: Any) -> None:
        raise OperationalError("connection to server at 10.0.0.1 failed")

    monkeypatch.setattr(actions, "submit", away)
    answer = send(w, bundle(w, on=soon()))
    assert answer.status_code == 503
    assert answer.content == b""
    assert answer["Retry-After"]


def test_a_submission_through_this_door_costs_one_statement_more(w: World) -> None:
    from forthwith.apps.authorizations.actions.submit import SQL_STATEMENTS

    send(w, bundle(w, key="warm", on=soon()))
    with CaptureQueriesContext(connection) as spent:
        response_of(send(w, bundle(w, key="counted", on=soon())))
    sent = [query["sql"] for query in spent.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(sent) == SQL_STATEMENTS + 1, sent


def test_the_reference_names_every_code_of_rejection() -> None:
    from forthwith.interfaces.fhir_api.rejecting import CODES

    rows = [row for row in Path("docs/reference/fhir.md").read_text().splitlines() if row.startswith("| `")]
    for cause, (code, _) in CODES.items():
        assert any(f"`{cause}`" in row and f"| {code} |" in row for row in rows), cause


def _texts(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    found = [path] if isinstance(part, str | int | float) and not isinstance(part, bool) else []
    return found + [place for key, value in inner for place in _texts(value, (*path, key))]


ODD = st.sampled_from(
    [
        "",
        "x" * 300,
        "é" * 5000,
        "💉",
        "\u200f",
        "' OR 1=1 --",
        "%s",
        "{}",
        "2026-12-07",
        "0001-01-01",
        "9999-12-31",
        "MB",
    ]
    + [0, 1, -1, 1.5, 0.0001, 99_999, 10**9, 2**31 - 1, 10**18, 1e-9, 1e300]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_odd_values_are_answered_or_refused_never_a_crash(w: World, data: st.DataObject) -> None:
    sent: Any = bundle(w, on=soon(), key=str(uuid4()))
    places = _texts(sent)
    for _ in range(data.draw(st.integers(1, 2))):
        *path, last = data.draw(st.sampled_from(places))
        holder = sent
        for step in path:
            holder = holder[step]
        holder[last] = data.draw(ODD)
    answer = send(w, sent)
    assert answer.status_code in (200, 409, 422), answer.content


def test_the_door_of_machines_looks_at_no_cookie(w: World) -> None:
    browser = Browser(HTTP_HOST=f"{w.tenant.key}.localhost")
    browser.cookies["forthwith_session"] = "a-session-of-somebody"
    with CaptureQueriesContext(connection) as spent:
        answer = browser.get("/fhir/metadata")
    assert answer.status_code == 200 and not answer.cookies
    assert not [q for q in spent.captured_queries if "session" in q["sql"]]
    assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
