"""What the FHIR door cannot take: each is refused with its reason and its place, and nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.models import Attachment, Authorization, Submission
from forthwith.apps.identity.models import Client, Token
from forthwith.apps.letters.models import Letter
from forthwith.formats.fhir.pas import urls
from tests.factories import AT, World, world
from tests.formats.mutations import changed, mutations
from tests.journeys.pas import (
    SUBMIT,
    Bundle,
    bundle,
    check_shape,
    claim_of,
    issue_of,
    name_diagnosis,
    name_member,
    name_service,
    resource,
    response_of,
    send,
    soon,
)

pytestmark = pytest.mark.django_db
Edit = Callable[[Bundle], object]


@pytest.fixture
def w() -> World:
    return world()


REJECTED: list[tuple[str, Edit, str, str]] = [
    ("unknown member", lambda b: name_member(b, "NOBODY"), "75", "patient"),
    ("another's birth date", lambda b: resource(b, "member").update(birthDate="1999-01-01"), "75", "patient"),
    ("another's name", lambda b: resource(b, "member")["name"][0].update(family="Other"), "75", "patient"),
    ("payer", lambda b: resource(b, "plan")["identifier"][0].update(value="ELSEWHERE"), "95", "patient"),
    ("before coverage", lambda b: claim_of(b)["item"][0].update(servicedDate="2019-05-05"), "95", "patient"),
    ("no NPI", lambda b: resource(b, "practice")["identifier"][0].update(value="8189991234"), "43", "provider"),
    ("unknown NPI", lambda b: resource(b, "doctor")["identifier"][0].update(value="1234567893"), "51", "careTeam"),
    ("service", lambda b: name_service(b, "SVC:NONE"), "AG", "item[0].productOrService"),
    ("units", lambda b: claim_of(b)["item"][0]["quantity"].update(value=100000), "33", "item[0].quantity"),
    ("decimals", lambda b: claim_of(b)["item"][0]["quantity"].update(value=0.0001), "33", "item[0].quantity"),
    ("far", lambda b: claim_of(b)["item"][0].update(servicedDate="9999-12-31"), "33", "item[0]"),
    ("sequence", lambda b: claim_of(b)["item"][0].update(sequence=2**31 - 1), "33", "item[0]"),
    ("no NPI at all", lambda b: resource(b, "practice")["identifier"][0].update(system="urn:x"), "43", "provider"),
    ("diagnosis", lambda b: name_diagnosis(b, "SCIATICA"), "AF", "diagnosis"),
]


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


def test_an_answer_that_cannot_be_read_is_named_by_its_question(w: World) -> None:
    sent = bundle(w, on=soon())
    resource(sent, "answers")["item"][0]["answer"] = [{"valueString": "hip"}]
    (error,) = response_of(send(w, sent))["error"]
    place = next(part["valueString"] for part in error["extension"] if part["url"] == urls.ERROR_PATH)
    number = next(n for n, entry in enumerate(sent["entry"]) if entry["resource"]["id"] == "answers")
    assert place == f"Bundle.entry[{number}].resource.repeat(item).where(linkId='region').answer"


def test_the_reference_names_every_code_of_rejection() -> None:
    from forthwith.interfaces.fhir_api.rejecting import CODES

    rows = [row for row in Path("docs/reference/fhir.md").read_text().splitlines() if row.startswith("| `")]
    for cause, (code, _) in CODES.items():
        assert any(f"`{cause}`" in row and f"| {code} |" in row for row in rows), cause


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
    for address in ("/fhir/", "/fhir/Patient/1", "/fhir/Claim/$inquire", "/fhir/a%0Ab", "/fhir/%FF"):
        missing = browser.get(address)
        assert missing.status_code == 404
        assert issue_of(missing)["code"] == "not-found"
    assert browser.post("/fhir/metadata").status_code == 405
    assert browser.get("/fhir/metadata?_format=xml").status_code == 406
    assert browser.get("/fhir/metadata", HTTP_ACCEPT="application/fhir+xml").status_code == 406


def test_metadata_says_what_this_door_does(w: World) -> None:
    answer = Browser(HTTP_HOST=f"{w.tenant.key}.localhost").get("/fhir/metadata")
    statement = json.loads(answer.content)
    check_shape(statement)
    assert statement["instantiates"] == [f"{urls.PAS}/CapabilityStatement/IntermediaryCapabilities"]
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


def _stored() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (Authorization, Submission, Event, Letter, Attachment))


def test_one_thing_changed_is_answered_or_refused_and_nothing_is_half_stored(w: World) -> None:
    whole = bundle(w, on=soon())
    for number, (path, value) in enumerate(mutations(whole, every=31)):
        sent = changed(whole, path, value)
        if path[:1] != ("identifier",):
            sent["identifier"]["value"] = f"SUB-{number}"
        before = _stored()
        answer = send(w, sent)
        assert answer.status_code in (200, 409, 422), (path, value, answer.content)
        if answer.status_code == 200 and response_of(answer)["outcome"] != "error":
            assert _stored()[:2] == (before[0] + 1, before[1] + 1), (path, value)
        else:
            assert _stored() == before, (path, value)
        if answer.status_code != 200:
            assert issue_of(answer)["expression"] or answer.status_code == 409, (path, value)


@pytest.mark.parametrize(
    "text",
    ["\\u0000", "a\\u0000b", "\\ud800", "\\udc00\\ud800", "\\u001b[31m"],
    ids=["nul", "nul inside", "half a letter", "halves swapped", "escape"],
)
@pytest.mark.parametrize("name", ["family", "value", "valueString", "code"])
def test_what_no_database_can_hold_is_refused_as_no_json(w: World, text: str, name: str) -> None:
    sent = json.dumps(bundle(w, on=soon()))
    answer = send(w, sent.replace(f'"{name}": "', f'"{name}": "{text}', 1).encode())
    assert (answer.status_code, issue_of(answer)["severity"]) == (400, "fatal")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "0x10", "01", "1.", "+1"])
def test_numbers_that_json_does_not_know(w: World, number: str) -> None:
    sent = json.dumps(bundle(w, on=soon())).replace('"quantity": {"value": 1', f'"quantity": {{"value": {number}')
    answer = send(w, sent.encode())
    assert answer.status_code == 400
    assert issue_of(answer)["code"] == "structure"


def test_a_body_of_the_largest_size_is_read_and_one_byte_more_is_not(w: World) -> None:
    sent = json.dumps(bundle(w, on=soon())).encode()
    whole = sent + b" " * (10 * 1024 * 1024 - len(sent))
    assert send(w, whole).status_code == 200
    assert send(w, whole + b" ").status_code == 413


def test_texts_of_any_length_are_kept_or_cut_never_a_crash(w: World) -> None:
    sent = bundle(w, on=soon(), key="k" * 5000)
    long = "Ω" * 100_000
    claim = claim_of(sent)
    claim["identifier"] = [{"system": f"urn:{'x' * 5000}", "value": long}]
    claim["supportingInfo"].append({
        "sequence": 99, "category": {"coding": [{"system": urls.PAS_CODES, "code": "freeFormMessage"}]},
        "valueString": long,
    })  # fmt: skip
    claim["priority"] = {"coding": [{"code": "stat"}]}
    resource(sent, "doctor")["name"] = [{"family": long, "given": [long] * 3}]
    resource(sent, "practice")["name"] = long
    assert response_of(send(w, sent))["outcome"] == "complete"
    row = Authorization.objects.get()
    assert long in row.clinical_reason and len(row.attested_by) == 160


def test_resources_that_refer_to_each_other_in_a_circle_are_read(w: World) -> None:
    sent = bundle(w, on=soon())
    of = {entry["resource"]["id"]: entry["fullUrl"] for entry in sent["entry"]}
    resource(sent, "plan")["partOf"] = {"reference": of["practice"]}
    resource(sent, "practice")["partOf"] = {"reference": of["plan"]}
    resource(sent, "member")["link"] = [{"other": {"reference": of["member"]}, "type": "seealso"}]
    assert response_of(send(w, sent))["outcome"] == "complete"


def test_an_unforeseen_failure_tells_nothing_of_the_inside(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError(f"secret of {w.member.number}")

    monkeypatch.setattr(actions, "submit", broken)
    browser = Browser(HTTP_HOST=f"{w.tenant.key}.localhost", raise_request_exception=False)
    answer = browser.post(
        SUBMIT, json.dumps(bundle(w, on=soon())), content_type="application/fhir+json",
        HTTP_AUTHORIZATION=f"Bearer {w.token}",
    )  # fmt: skip
    assert answer.status_code == 500
    assert b"secret" not in answer.content and w.member.number.encode() not in answer.content
    assert not Authorization.objects.exists()
