"""PAS response Bundles, OperationOutcome and CapabilityStatement: exact text, and the shape that R4 asks for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from forthwith.formats.fhir import schema, statements
from forthwith.formats.fhir.pas import (
    Asked,
    Authorized,
    Line,
    Note,
    PasAnswer,
    PasRequest,
    Rejection,
    Reviewer,
    read_request,
    write_response,
)
from forthwith.formats.fhir.pas.values import Coding, Identifier, Period
from forthwith.formats.fhir.problems import Findings, Issue

HERE = Path(__file__).parent / "fhir"
KEY = "018f2b6e-7c3a-7d10-9b55-3f0d6a2c4e11"
ASKED = "018f2b6e-7c3a-7d10-9b55-3f0d6a2c4e12"
AT = datetime(2026, 11, 23, 14, 30, 5, tzinfo=UTC)
YEAR = Period(date(2026, 12, 1), date(2027, 2, 28))
SERVICE = Coding("SVC:ESI-TF1", "https://forthwith.example/codes/service")

ANSWERS = {
    "approved": PasAnswer(
        key=KEY,
        created=AT,
        outcome="complete",
        identifiers=(Identifier("R7K2M9QX4", "urn:example:references"),),
        authorization_number="A3ZQ81TMK5",
        period=YEAR,
        reviewer=Reviewer(human=False),
        lines=(
            Line(
                sequence=1,
                action="A1",
                number="A3ZQ81TMK5",
                issued_on=date(2026, 11, 23),
                period=YEAR,
                requested=YEAR,
                traces=(Identifier("T-1", "urn:example:trace"),),
            ),
        ),
    ),
    "pended": PasAnswer(
        key=KEY,
        created=AT,
        outcome="complete",
        lines=(Line(sequence=1, action="A4", reference_number="R7K2M9QX4"),),
        asked=(
            Asked(
                key=ASKED,
                control_number="R7K2M9QX4-1",
                lines=(1,),
                documents=("11506-3",),
                text="Please send the note of the last visit.",
            ),
        ),
    ),
    "partly": PasAnswer(
        key=KEY,
        created=AT,
        outcome="complete",
        reviewer=Reviewer(human=True, npi="1777777784", specialty=Coding("pain_medicine", "urn:forthwith:specialties")),
        lines=(
            Line(
                sequence=1,
                action="A6",
                number="A3ZQ81TMK5",
                period=YEAR,
                notes=(1,),
                authorized=Authorized((SERVICE,), Decimal("2.50"), "injections", (), YEAR),
            ),
            Line(sequence=2, action="A3", reasons=("0V",), notes=(2,)),
        ),
        notes=(
            Note(1, "Two of four are approved."),
            Note(2, "The record shows no trial of physical therapy."),
        ),
    ),
    "error": PasAnswer(
        key=KEY,
        created=AT,
        outcome="error",
        rejections=(Rejection("75", "C", "Bundle.entry[1].resource.identifier[0].value", 1), Rejection("T4")),
        notes=(Note(1, "No member is known by this number, name and birth date."),),
    ),
}


@pytest.fixture(scope="module")
def request_read() -> PasRequest:
    return read_request((HERE / "request-injection.json").read_bytes())


def shape_errors(bundle: dict[str, Any]) -> list[Issue]:
    findings = Findings()
    schema.check(bundle, "Bundle", findings)
    for entry in bundle.get("entry", ()):
        schema.check(entry["resource"], entry["resource"]["resourceType"], findings)
    return findings.errors + findings.warnings


@pytest.mark.parametrize("name", ANSWERS)
def test_golden_responses(name: str, request_read: PasRequest) -> None:
    got = json.loads(write_response(ANSWERS[name], request_read))
    assert got == json.loads((HERE / f"response-{name}.json").read_text())


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("with_request", [True, False])
def test_responses_have_the_shape_of_r4(name: str, with_request: bool, request_read: PasRequest) -> None:
    bundle = json.loads(write_response(ANSWERS[name], request_read if with_request else None))
    assert shape_errors(bundle) == []
    assert bundle["type"] == "collection"
    assert [entry["resource"]["resourceType"] for entry in bundle["entry"]].count("ClaimResponse") == 1
    assert bundle["entry"][0]["resource"]["resourceType"] == "ClaimResponse"
    assert all(entry["fullUrl"] for entry in bundle["entry"])


def test_everything_the_response_refers_to_is_in_it_as_it_was_sent(request_read: PasRequest) -> None:
    sent = json.loads((HERE / "request-injection.json").read_text())
    by_url = {entry["fullUrl"]: entry["resource"] for entry in sent["entry"]}
    bundle = json.loads(write_response(ANSWERS["pended"], request_read))
    given = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    response = bundle["entry"][0]["resource"]
    for name in ("patient", "insurer", "requestor"):
        reference = response[name]["reference"]
        assert given[reference] == by_url[reference]
    assert response["communicationRequest"][0]["reference"] in given
    assert response["request"]["reference"] == sent["entry"][0]["fullUrl"]
    assert bundle["identifier"] == sent["identifier"]


def test_echoed_numbers_keep_their_digits() -> None:
    sent = json.loads((HERE / "request-injection.json").read_text())
    sent["entry"][1]["resource"]["multipleBirthInteger"] = 2
    url = "urn:example:weight"
    sent["entry"][1]["resource"]["extension"] = [{"url": url, "valueDecimal": 7.5}]
    body = json.dumps(sent).replace("7.5", "7.500").encode()
    assert b'"valueDecimal": 7.500' in write_response(ANSWERS["approved"], read_request(body))


def test_what_is_authorized_instead_is_an_added_line_of_the_same_sequence(request_read: PasRequest) -> None:
    response = json.loads(write_response(ANSWERS["partly"], request_read))["entry"][0]["resource"]
    assert response["addItem"][0]["itemSequence"] == [1]
    assert response["addItem"][0]["quantity"]["value"] == 2.5
    assert len(response["item"]) == 2


def test_without_a_request_the_parties_are_named_by_identifier() -> None:
    answer = PasAnswer(
        key=KEY,
        created=AT,
        outcome="complete",
        member=Identifier("NM100200300"),
        payer=Identifier("NLMA1"),
        claim=Identifier("PA-2026-0001", "urn:trnorg:1999999984"),
        lines=(Line(sequence=1, action="A1"),),
    )
    response = json.loads(write_response(answer, None))["entry"][0]["resource"]
    assert response["patient"] == {"identifier": {"value": "NM100200300"}}
    assert response["request"]["identifier"]["value"] == "PA-2026-0001"
    assert "requestor" not in response


def test_the_bundle_carries_the_moment_of_answering(request_read: PasRequest) -> None:
    later = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    bundle = json.loads(write_response(ANSWERS["approved"], request_read, at=later))
    assert bundle["timestamp"] == "2026-11-24T09:00:00.000+00:00"
    assert bundle["entry"][0]["resource"]["created"] == "2026-11-23T14:30:05.000+00:00"


def test_operation_outcome() -> None:
    text = statements.operation_outcome([Issue("error", "required", "timestamp is required.", "Bundle.timestamp")])
    outcome = json.loads(text)
    assert outcome["issue"][0]["expression"] == ["Bundle.timestamp"]
    assert shape_errors(outcome) == []
    assert shape_errors(json.loads(statements.operation_outcome([]))) == []


def test_capability_statement() -> None:
    text = statements.capability_statement(
        url="https://plan.example.org/fhir", version="0.1.0", dated=date(2026, 11, 23), name="Northern Lakes"
    )
    statement = json.loads(text)
    assert shape_errors(statement) == []
    assert statement["rest"][0]["resource"][0]["operation"][0]["name"] == "submit"
