"""PAS request Bundles are read to values, or refused with every issue and its place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forthwith.formats.fhir import pas
from forthwith.formats.fhir.pas import reading, urls
from forthwith.formats.fhir.pas.values import Coding
from forthwith.formats.fhir.problems import FhirProblems

HERE = Path(__file__).parent / "fhir"
BUNDLES = {name: json.loads((HERE / f"request-{name}.json").read_text()) for name in ("injection", "update")}

Bundle = dict[str, Any]
Edit = Callable[[Bundle], object]


def bundle(name: str = "injection") -> Bundle:
    return copy.deepcopy(BUNDLES[name])


def resource(of: Bundle, kind: str) -> dict[str, Any]:
    return next(entry["resource"] for entry in of["entry"] if entry["resource"]["resourceType"] == kind)


def claim(of: Bundle) -> dict[str, Any]:
    return of["entry"][0]["resource"]


def read(of: Bundle) -> pas.PasRequest:
    return pas.read_request(json.dumps(of).encode())


@pytest.mark.parametrize("name", BUNDLES)
def test_golden_values(name: str) -> None:
    request = msgspec.structs.replace(read(bundle(name)), echoed=())
    got = json.loads(msgspec.json.encode(request, order="sorted"))
    assert got == json.loads((HERE / f"values-{name}.json").read_text())


@pytest.mark.parametrize("name", ["referral", "homecare", "homecare-update", "medical-services", "surgical"])
def test_the_guides_own_examples_are_read(name: str) -> None:
    request = pas.read_request((HERE / f"guide-{name}.json").read_bytes())
    assert request.items and request.member.family == "SMITH"
    assert request.provider.npi == "8189991234"
    assert request.is_update is (name == "homecare-update")


def test_a_missing_identifier_is_said_once() -> None:
    changed = bundle()
    del changed["identifier"]
    with pytest.raises(FhirProblems) as wrong:
        read(changed)
    assert [issue.expression for issue in wrong.value.issues] == ["Bundle.identifier"]


def test_what_was_sent_as_the_type_is_not_repeated() -> None:
    with pytest.raises(FhirProblems) as wrong:
        read({"resourceType": "Jane Roe, 555-01-0199"})
    assert "Jane" not in str([(issue.diagnostics, issue.expression) for issue in wrong.value.issues])


def test_a_contained_resource_is_found_and_echoed_as_an_entry() -> None:
    changed = bundle()
    entry = next(entry for entry in changed["entry"] if entry["resource"]["resourceType"] == "Patient")
    changed["entry"].remove(entry)
    claim(changed)["contained"] = [entry["resource"] | {"id": "who"}]
    claim(changed)["patient"] = {"reference": "#who"}
    request = read(changed)
    assert request.member.family == entry["resource"]["name"][0]["family"]
    assert request.member.reference.startswith("urn:uuid:")
    assert request.member.reference in [each.full_url for each in request.echoed]


def test_a_contained_resource_that_is_not_there_is_named() -> None:
    changed = bundle()
    claim(changed)["patient"] = {"reference": "#nobody"}
    with pytest.raises(FhirProblems) as wrong:
        read(changed)
    assert ("not-found", "Bundle.entry[0].resource.patient") in [
        (issue.code, issue.expression) for issue in wrong.value.issues
    ]


@pytest.mark.parametrize("profile", [urls.INQUIRY_BUNDLE, f"{urls.INQUIRY_CLAIM}|2.2.1"])
def test_an_inquiry_is_told_from_a_request_that_lacks_much(profile: str) -> None:
    changed = bundle()
    (changed if profile == urls.INQUIRY_BUNDLE else claim(changed))["meta"] = {"profile": [profile]}
    del claim(changed)["item"][0]["category"]
    with pytest.raises(FhirProblems) as wrong:
        read(changed)
    assert [issue.code for issue in wrong.value.issues] == ["not-supported"]
    assert "inquiry" in wrong.value.issues[0].diagnostics


def test_more_entries_than_any_request_needs_are_refused_at_once() -> None:
    changed = bundle() | {"entry": [{}] * (reading.MOST_ENTRIES + 1)}
    with pytest.raises(FhirProblems) as wrong:
        read(changed)
    assert [issue.code for issue in wrong.value.issues] == ["too-costly"]


@pytest.mark.parametrize("text", ["no\u00a0break", "line\u2028separator", "tab\tand\r\nline", "naïve 💉"])
def test_texts_may_hold_any_letter(text: str) -> None:
    changed = bundle()
    claim(changed)["supportingInfo"][2]["valueString"] = text
    assert read(changed).information[2].message == text


def test_answers_are_typed_and_flat() -> None:
    values = read(bundle()).answers[0].values
    assert values["radicular_pain"] == (True,)
    assert values["pain_score"] == (7,)
    assert values["weeks_of_pain"] == (Decimal("6.5"),)
    assert values["imaging_on"] == (date(2026, 10, 2),)
    assert values["region"] == (Coding("lumbar", "urn:forthwith:answers"),)
    assert values["treatments"] == ("physical_therapy", "nsaid")


def test_who_stands_behind_a_role() -> None:
    request = read(bundle())
    assert request.provider.npi == "1999999984"
    assert request.care_team[0].provider.npi == "1888888884"
    assert request.care_team[0].provider.organization is not None


@pytest.mark.parametrize(
    ("edit", "urgent"),
    [
        (lambda c: None, False),
        (lambda c: c["priority"]["coding"][0].update(code="stat"), True),
        (lambda c: c.update(extension=[_level("U")]), True),
        (lambda c: c.update(extension=[_level("03")]), True),
        (lambda c: c.update(extension=[_level("E")]), False),
    ],
)
def test_urgent(edit: Edit, urgent: bool) -> None:
    changed = bundle()
    edit(claim(changed))
    assert read(changed).urgent is urgent


def _level(code: str) -> dict[str, Any]:
    coding = {"system": "https://codesystem.x12.org/005010/1338", "code": code}
    url = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-levelOfServiceCode"
    return {"url": url, "valueCodeableConcept": {"coding": [coding]}}


def test_an_update_names_its_prior_claim_and_marks_its_lines() -> None:
    request = read(bundle("update"))
    assert request.is_update and not request.is_cancel
    assert request.prior_identifiers[0].value == "PA-2026-0002"
    assert [(item.sequence, item.change, item.cancelled) for item in request.items] == [
        (1, "", False),
        (2, "changed", True),
        (3, "added", False),
    ]


def test_a_whole_cancel_needs_no_items() -> None:
    changed = bundle("update")
    del claim(changed)["item"]
    code = {"coding": [{"system": "https://codesystem.x12.org/005010/1322", "code": "3"}]}
    url = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-certificationType"
    claim(changed)["extension"].append({"url": url, "valueCodeableConcept": code})
    assert read(changed).is_cancel


def test_one_focal_insurance_is_read_among_several() -> None:
    changed = bundle()
    first = claim(changed)["insurance"][0]
    claim(changed)["insurance"] = [first | {"sequence": 2, "focal": False}, first]
    assert read(changed).coverage.subscriber_id == "NM100200300"


REFUSED: list[tuple[str, Edit, str, str]] = [
    ("no Bundle", lambda b: b.update(resourceType="Claim"), "structure", "resourceType"),
    ("type", lambda b: b.update(type="batch"), "value", "Bundle.type"),
    ("identifier", lambda b: b.pop("identifier"), "required", "Bundle.identifier"),
    ("identifier value", lambda b: b["identifier"].pop("value"), "required", "Bundle.identifier.value"),
    ("timestamp", lambda b: b.pop("timestamp"), "required", "Bundle.timestamp"),
    ("no such day", lambda b: b.update(timestamp="2026-02-31T10:00:00Z"), "value", "Bundle.timestamp"),
    ("no entries", lambda b: b.pop("entry"), "required", "Bundle.entry"),
    ("empty entries", lambda b: b.update(entry=[]), "required", "Bundle.entry"),
    ("fullUrl", lambda b: b["entry"][2].pop("fullUrl"), "required", "Bundle.entry[2]"),
    ("resource", lambda b: b["entry"][2].pop("resource"), "required", "Bundle.entry[2]"),
    ("ClaimFirst", lambda b: b["entry"].reverse(), "invariant", "Bundle.entry[0].resource"),
    ("twice", lambda b: b["entry"].append(b["entry"][3]), "duplicate", "Bundle.entry[10].fullUrl"),
    ("use", lambda b: claim(b).update(use="claim"), "value", "Bundle.entry[0].resource.use"),
    ("status", lambda b: claim(b).update(status="draft"), "value", "Bundle.entry[0].resource.status"),
    ("insurer", lambda b: claim(b).pop("insurer"), "required", "Bundle.entry[0].resource.insurer"),
    ("created", lambda b: claim(b).pop("created"), "required", "Bundle.entry[0].resource.created"),
    ("month only", lambda b: claim(b).update(created="2026-11"), "value", "Bundle.entry[0].resource.created"),
    (
        "claim identifier",
        lambda b: claim(b).pop("identifier"),
        "required",
        "Bundle.entry[0].resource.identifier",
    ),
    ("items", lambda b: claim(b).pop("item"), "required", "Bundle.entry[0].resource.item"),
    (
        "focal",
        lambda b: claim(b)["insurance"][0].update(focal=False),
        "invariant",
        "Bundle.entry[0].resource.insurance",
    ),
    (
        "certification type",
        lambda b: claim(b)["item"][0]["extension"].pop(1),
        "required",
        f"Bundle.entry[0].resource.item[0].extension('{urls.CERTIFICATION_TYPE}')",
    ),
    (
        "category",
        lambda b: claim(b)["item"][0].pop("category"),
        "required",
        "Bundle.entry[0].resource.item[0].category",
    ),
    (
        "service",
        lambda b: claim(b)["item"][0].pop("productOrService"),
        "required",
        "Bundle.entry[0].resource.item[0]",
    ),
    (
        "service without code",
        lambda b: claim(b)["item"][0].update(productOrService={"text": "an injection"}),
        "value",
        "Bundle.entry[0].resource.item[0].productOrService",
    ),
    (
        "period reversed",
        lambda b: claim(b)["item"][0]["servicedPeriod"].update(end="2026-11-01"),
        "invariant",
        "Bundle.entry[0].resource.item[0].servicedPeriod",
    ),
    (
        "no such day of service",
        lambda b: claim(b)["item"][0]["servicedPeriod"].update(end="2027-02-30"),
        "value",
        "Bundle.entry[0].resource.item[0].servicedPeriod.end",
    ),
    (
        "quantity",
        lambda b: claim(b)["item"][0]["quantity"].update(value=0),
        "value",
        "Bundle.entry[0].resource.item[0].quantity.value",
    ),
    (
        "item sequence twice",
        lambda b: claim(b)["item"].append(claim(b)["item"][0]),
        "invariant",
        "Bundle.entry[0].resource.item[1].sequence",
    ),
    (
        "information sequence twice",
        lambda b: claim(b)["supportingInfo"][1].update(sequence=1),
        "invariant",
        "Bundle.entry[0].resource.supportingInfo[1].sequence",
    ),
    (
        "dangling diagnosis",
        lambda b: claim(b)["item"][0].update(diagnosisSequence=[9]),
        "not-found",
        "Bundle.entry[0].resource.item[0].diagnosisSequence",
    ),
    ("patient elsewhere", lambda b: b["entry"].pop(1), "not-found", "Bundle.entry[0].resource.patient"),
    (
        "patient of the wrong type",
        lambda b: claim(b)["patient"].update(claim(b)["insurer"]),
        "not-found",
        "Bundle.entry[0].resource.patient",
    ),
    (
        "coverage inactive",
        lambda b: resource(b, "Coverage").update(status="cancelled"),
        "value",
        "Bundle.entry[4].resource.status",
    ),
    (
        "attachment",
        lambda b: resource(b, "DocumentReference")["content"][0]["attachment"].update(data="%%%"),
        "value",
        "Bundle.entry[9].resource.content[0].attachment.data",
    ),
    (
        "answer date",
        lambda b: resource(b, "QuestionnaireResponse")["item"][2]["answer"][0].update(valueDate="2026-02-31"),
        "value",
        "Bundle.entry[7].resource.item[2].answer[0].valueDate",
    ),
    (
        "a modifier that nobody knows",
        lambda b: claim(b)["item"][0].update(modifierExtension=[{"url": "urn:example:not", "valueBoolean": True}]),
        "extension",
        "Bundle.entry[0].resource.item[0].modifierExtension",
    ),
    (
        "a modifier deep inside",
        lambda b: resource(b, "Patient")["name"][0].update(modifierExtension=[{"url": "urn:x", "valueCode": "x"}]),
        "structure",
        "Bundle.entry[1].resource.name[0]",
    ),
    (
        "rules of somebody's own",
        lambda b: resource(b, "Patient").update(implicitRules="urn:example:rules"),
        "not-supported",
        "Bundle.entry[1].resource.implicitRules",
    ),
    (
        "answers in error",
        lambda b: resource(b, "QuestionnaireResponse").update(status="entered-in-error"),
        "value",
        "Bundle.entry[7].resource.status",
    ),
    (
        "a document in error",
        lambda b: resource(b, "DocumentReference").update(docStatus="entered-in-error"),
        "value",
        "Bundle.entry[9].resource.docStatus",
    ),
    (
        "an order not to",
        lambda b: resource(b, "ServiceRequest").update(doNotPerform=True),
        "value",
        "Bundle.entry[8].resource.doNotPerform",
    ),
    (
        "less than",
        lambda b: claim(b)["item"][0]["quantity"].update(comparator="<"),
        "invariant",
        "Bundle.entry[0].resource.item[0].quantity.comparator",
    ),
    (
        "immediate appeal without level",
        lambda b: claim(b)["item"][0]["extension"][1]["valueCodeableConcept"]["coding"][0].update(code="1"),
        "invariant",
        "Bundle.entry[0].resource.item[0]",
    ),
]


@pytest.mark.parametrize(("edit", "code", "where"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused_with_its_place(edit: Edit, code: str, where: str) -> None:
    changed = bundle()
    edit(changed)
    with pytest.raises(FhirProblems) as wrong:
        read(changed)
    assert (code, where) in [(issue.code, issue.expression) for issue in wrong.value.issues]
    assert not wrong.value.malformed


def test_an_update_without_its_prior_claim_is_refused() -> None:
    changed = bundle("update")
    del changed["entry"][1]
    with pytest.raises(FhirProblems, match="prior|claim"):
        read(changed)


@pytest.mark.parametrize(
    ("edit", "where"),
    [
        (lambda b: resource(b, "Patient").pop("gender"), "Bundle.entry[1].resource.gender"),
        (lambda b: b["entry"].pop(8), "Bundle.entry[0].resource.item[0].extension[3].valueReference"),
        (
            lambda b: claim(b)["supportingInfo"].pop(1) and claim(b)["item"][0].update(informationSequence=[1]),
            "Bundle.entry[9].resource",
        ),
        (
            lambda b: claim(b)["careTeam"][0].pop("extension"),
            "Bundle.entry[0].resource.careTeam[0].extension(",
        ),
    ],
)
def test_deviations_that_do_not_matter_are_warnings(edit: Edit, where: str) -> None:
    changed = bundle()
    edit(changed)
    assert any(warning.expression.startswith(where) for warning in read(changed).warnings)


def _places(part: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(part, dict):
        inner = list(part.items())
    elif isinstance(part, list):
        inner = list(enumerate(part))
    return [path, *(place for key, value in inner for place in _places(value, (*path, key)))]


PLACES = {name: [place for place in _places(whole) if place] for name, whole in BUNDLES.items()}
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["", "#", "#x", "Patient/member", "urn:uuid:x", "2026-13-01", "0001-01-01", "9999-12-31", "%"]),
    st.just([]),
    st.just({}),
    st.lists(
        st.dictionaries(st.sampled_from(["code", "url", "reference", "value"]), st.text(max_size=5)),
        max_size=2,
    ),
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_mutated_bundle_is_read_or_refused_never_a_crash(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(BUNDLES)))
    changed: Any = bundle(name)
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(PLACES[name]))
        holder = changed
        try:
            for step in path:
                holder = holder[step]
            if data.draw(st.booleans()):
                del holder[last]
            else:
                holder[last] = data.draw(JUNK)
        except (KeyError, IndexError, TypeError):
            continue
    try:
        assert read(changed).items is not None
    except FhirProblems as wrong:
        assert wrong.issues


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(FhirProblems):
        pas.read_request(body)


def test_references_are_found_whatever_escapes_the_text_uses() -> None:
    plain = json.dumps(bundle("update"))
    escaped = plain.replace("/", "\\/").replace('"reference"', '"ref\\u0065rence"')
    one, other = pas.read_request(plain.encode()), pas.read_request(escaped.encode())
    assert {entry.full_url for entry in one.echoed} == {entry.full_url for entry in other.echoed}
    assert one.provider == other.provider
