"""A connected system takes a request back, or tries to change it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations.models import Authorization
from forthwith.apps.identity.models import Client
from forthwith.formats.fhir.pas import urls
from tests.factories import MEETS, World, add_member, scope, world
from tests.journeys.pas import (
    Bundle,
    actions_of,
    bundle,
    claim_of,
    name_member,
    response_of,
    send,
    soon,
)

GUIDE = Path(__file__).parents[1] / "formats/fhir"
UNCLEAR = {key: value for key, value in MEETS.items() if key != "imaging_concordant"}
pytestmark = pytest.mark.django_db
Edit = Callable[[Bundle], object]


@pytest.fixture
def w() -> World:
    return world()


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


def test_of_several_sent_alike_none_is_taken_back_by_guess(w: World) -> None:
    for key in ("first", "second"):
        send(w, bundle(w, key=key, answers=UNCLEAR, on=soon()))
    response = response_of(send(w, cancelling(w, items=False)))
    assert "Several open requests" in response["processNote"][0]["text"]
    assert {row.status for row in Authorization.objects.all()} == {"Received"}


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
    name_member(sent, other.number)
    assert response_of(send(w, sent))["outcome"] == "error"
    Client.objects.update(organization=w.facility)
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
