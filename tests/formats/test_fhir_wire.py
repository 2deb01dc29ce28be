"""JSON is read strictly, and shapes are checked against R4."""

from __future__ import annotations

import pytest

from forthwith.formats.fhir import schema, wire
from forthwith.formats.fhir.problems import FhirProblems, Findings


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"Bundle"',
        b"null",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "c": 2, "b": 3}}',
        b'{"a": "x\\u0000y"}',
        b'{"a": "x\\u001Fy"}',
        b'{"a\\u0007": 1}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"a":' * 150 + b"1" + b"}" * 150,
    ],
)
def test_what_is_no_strict_json_object_is_malformed(body: bytes) -> None:
    with pytest.raises(FhirProblems) as wrong:
        wire.decode(body)
    assert wrong.value.malformed
    assert wrong.value.issues[0].severity == "fatal"


@pytest.mark.parametrize("text", ['"a\\":1', "say \\\\u0001", '{\\"a\\":1,\\"a\\":2}', "tab\\tand\\u000aline"])
def test_texts_that_only_look_suspicious_are_read(text: str) -> None:
    body = b'{"a": "%s"}' % text.encode() if text[:2] != '"a' else b'{"a": "\\"a\\":1"}'
    assert set(wire.decode(body)) == {"a"}


def issues_of(resource: dict[str, object]) -> list[tuple[str, str, str]]:
    findings = Findings()
    schema.check(resource, "Bundle.entry[0].resource", findings)
    return [(each.severity, each.code, each.expression) for each in findings.errors + findings.warnings]


def test_shape_errors_say_where() -> None:
    patient = {"resourceType": "Patient", "birthDate": "9/3/1954", "name": [{"family": 7}], "nickname": "M"}
    found = issues_of(patient)
    assert ("error", "value", "Bundle.entry[0].resource.birthDate") in found
    assert ("error", "structure", "Bundle.entry[0].resource.name[0].family") in found
    assert ("error", "structure", "Bundle.entry[0].resource") in found


def test_diagnostics_never_repeat_a_value() -> None:
    findings = Findings()
    schema.check({"resourceType": "Patient", "birthDate": "secret", "gender": 4711}, "Patient", findings)
    assert len(findings.errors) == 2
    assert not any("secret" in each.diagnostics or "4711" in each.diagnostics for each in findings.errors)


def test_a_contained_resource_is_checked_by_its_own_type() -> None:
    holder = {"resourceType": "Patient", "contained": [{"resourceType": "Organization", "active": "yes"}]}
    assert issues_of(holder) == [("error", "structure", "Bundle.entry[0].resource.contained[0].active")]


def test_types_that_r4_does_not_know_are_refused_and_others_taken() -> None:
    assert issues_of({"resourceType": "Spaceship"})[0][:2] == ("error", "structure")
    assert issues_of({"resourceType": ["Patient"]})[0][:2] == ("error", "structure")
    assert issues_of({"resourceType": "Evidence"})[0][:2] == ("warning", "not-supported")


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "1", True, None, 2**40])
def test_a_sequence_is_a_positive_whole_number(wrong: object) -> None:
    response = {"resourceType": "ClaimResponse", "item": [{"itemSequence": wrong, "adjudication": []}]}
    assert any("itemSequence" in where for _, _, where in issues_of(response))


@pytest.mark.parametrize("gap", ["", " ", "\n\t", "\r\n"])
def test_a_name_that_appears_twice_is_found_however_it_is_written(gap: str) -> None:
    with pytest.raises(FhirProblems, match="twice"):
        wire.decode(f'{{"a": 1, "b": {{"x": "\\":"}}, "a"{gap}: 2}}'.encode())
