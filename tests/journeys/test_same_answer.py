"""One clinical request through two doors, the wizard and $submit: one outcome, one set of reasons, one clock."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.utils.timezone import now

from forthwith.apps.authorizations.models import Authorization, Determination
from forthwith.apps.letters.models import Letter
from forthwith.formats.fhir.pas import urls
from tests.factories import MEETS, World, add_member
from tests.journeys.pas import Bundle, actions_of, bundle, claim_of, response_of, send
from tests.journeys.portal import a_world, answers_form, at_the_portal, services_form, start, submit, version

pytestmark = pytest.mark.django_db
UNCLEAR = {key: value for key, value in MEETS.items() if key != "imaging_concordant"}


@dataclass(frozen=True)
class Case:
    """What is asked, and what must come of it."""

    status: str
    action: str
    service: str = "SVC:ESI-TF1"
    also: str = ""  # a second service
    answers: dict[str, Any] = field(default_factory=lambda: MEETS)
    units: int = 1
    diagnoses: tuple[str, ...] = ("M54.16",)
    urgency: str = "standard"
    timing: str = "pre_service"
    in_days: int = 14
    by: str = ""  # the rule whose clock governs, where one runs


CASES = {
    "criteria met": Case("Approved", "A1"),
    "a deciding fact missing": Case("Received", "A4", answers=UNCLEAR, by="ma_standard"),
    "no facts at all": Case("Received", "A4", answers={}),
    "a criterion not met": Case("Received", "A4", answers={**MEETS, "pain_weeks": "1"}),
    "more than a rule may approve": Case("Received", "A4", units=9),
    "a second diagnosis": Case("Approved", "A1", diagnoses=("M54.16", "M51.16")),
    "not required": Case("Submission not required", "NA", service="SVC:EXER", answers={}),
    "another owner": Case("Received", "CT", service="SVC:HH-NURSE", answers={}),
    "no criteria of its own": Case("Received", "A4", service="SVC:MRI-LB", answers={}),
    "one met and one for a person": Case("Received", "A1 A4", also="SVC:MRI-LB"),
    "one met and one not required": Case("Approved", "A1 NA", also="SVC:EXER"),
    "expedited": Case("Received", "A4", answers=UNCLEAR, urgency="expedited", by="ma_expedited"),
    "expedited and met": Case("Approved", "A1", urgency="expedited"),
    "care already given": Case("Received", "A4", answers=UNCLEAR, timing="post_service", in_days=-20, by="ma_payment"),
    "care that goes on": Case("Received", "A4", answers=UNCLEAR, timing="concurrent"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_same_request_has_the_same_answer_through_both_doors(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    w, moment = a_world(), now()
    for door in ("fhir_api.entry", "provider_portal.views.review"):
        monkeypatch.setattr(import_module(f"forthwith.interfaces.{door}"), "now", lambda: moment)
    on = moment.date() + timedelta(days=case.in_days)
    by_system = replace(w, member=add_member(w.tenant, w.plan)[0])  # a member each: approved care counts as history
    response = response_of(send(by_system, _bundle(by_system, case, on)))
    _ask_at_the_portal(w, case, on)

    system, office = (Authorization.objects.get(channel=channel) for channel in ("fhir", "portal"))
    assert _told(system) == _told(office)
    assert (office.status, actions_of(response)) == (case.status, case.action.split())
    assert response["disposition"] == case.status
    assert (system.urgency, system.timing) == (case.urgency, case.timing)
    assert not case.by or system.due_rule == case.by


def _told(row: Authorization) -> dict[str, Any]:
    """Everything about a request that may not depend on the door."""
    lines = [
        {
            name: getattr(line, name)
            for name in (
                "sequence", "service", "outcome", "requirement", "criteria", "clock", "due_at", "units_requested",
                "units_approved", "approved_from", "approved_to", "from_on", "to_on", "place", "side", "region",
            )
        }
        for line in row.lines.all()
    ]  # fmt: skip
    decisions = Determination.objects.filter(authorization=row)
    letters = Letter.objects.filter(subject_id=row.id)
    return {
        "status": row.status, "state": row.state, "urgency": row.urgency, "timing": row.timing,
        "received_at": row.received_at, "due_at": row.due_at, "due_rule": row.due_rule, "moments": row.moments,
        "diagnoses": row.diagnoses, "answers": row.answers, "attested_by": row.attested_by, "lines": lines,
        "reasons": [(one.outcome, one.basis, one.reason, one.citations, one.package_version) for one in decisions],
        "letters": sorted(letters.values_list("kind", "audience")),
    }  # fmt: skip


def _bundle(w: World, case: Case, on: date) -> Bundle:
    sent = bundle(w, answers=case.answers, on=on)
    claim = claim_of(sent)
    (item,) = claim["item"]
    item["productOrService"]["coding"][0]["code"] = case.service
    item["quantity"]["value"] = case.units
    item["servicedPeriod"] = {"start": item.pop("servicedDate")}
    codings = [{"coding": [{"system": urls.ICD10, "code": code}]} for code in case.diagnoses]
    claim["diagnosis"] = [
        {"sequence": place, "diagnosisCodeableConcept": coding} for place, coding in enumerate(codings, 1)
    ]
    item["diagnosisSequence"] = [each["sequence"] for each in claim["diagnosis"]]
    if case.also:
        second = json.loads(json.dumps(item)) | {"sequence": 2}
        second["productOrService"]["coding"][0]["code"] = case.also
        claim["item"].append(second)
    if case.urgency == "expedited":
        level = {"coding": [{"system": urls.X12_LEVEL_OF_SERVICE, "code": "U"}]}
        claim["extension"] = [{"url": urls.LEVEL_OF_SERVICE, "valueCodeableConcept": level}]
    if case.timing == "concurrent":
        goes_on = {"coding": [{"system": urls.X12_CERTIFICATION, "code": "4"}]}
        kept = [each for each in item["extension"] if each["url"] != urls.CERTIFICATION_TYPE]
        item["extension"] = [*kept, {"url": urls.CERTIFICATION_TYPE, "valueCodeableConcept": goes_on}]
    return sent


def _ask_at_the_portal(w: World, case: Case, on: date) -> None:
    """Through every step of the wizard, as a browser posts them."""
    office = at_the_portal(w)
    draft = start(office, w)
    services = [service for service in (case.service, case.also) if service]
    many = len(services)
    setting = {
        "line-service": services, "line-units": [str(case.units)] * many, "line-from": [on.isoformat()] * many,
        "line-to": [""] * many, "line-side": ["left"] * many,
        "diagnosis": list(case.diagnoses), "urgency": case.urgency, "timing": case.timing,
        "attested_by": "Elise Thibodeau" if case.urgency == "expedited" else "",
    }  # fmt: skip
    step = f"{draft}services/"
    saved = office.post(step, services_form(w, version=version(office, step), **setting))
    assert saved.status_code == 302, saved.content.decode()
    step = f"{draft}questions/"
    saved = office.post(step, answers_form(case.answers, version=version(office, step)))
    assert saved.status_code == 302, saved.content.decode()
    step = f"{draft}documents/"
    assert office.post(step, {"act": "continue", "version": version(office, step)}).status_code == 302
    sent = submit(office, draft)
    assert sent.status_code == 302, sent.content.decode()
