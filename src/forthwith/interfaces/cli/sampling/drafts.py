"""What offices have begun and not yet asked: one draft with the patient alone, one with the service and no answers.

The document is the portal's (provider_portal/drafting.py), written out: a door does not know another one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from forthwith.apps.authorizations import actions
from forthwith.apps.identity.actors import Actor

from . import names
from .documents import Document, service_names
from .stories import KNEE
from .world import World

Row = dict[str, Any]
Cast = Callable[[str, datetime], Actor]


def save(world: World, tenant: Document, patients: tuple[Row, Row], cast: Cast) -> None:
    """Save both, by two people of the first practice."""
    older, newer = world.at - timedelta(hours=26), world.at - timedelta(hours=2)
    started = _document(world, tenant, patients[0], older)
    _save(world, started, service_names()[KNEE["key"]], patients[0], by=cast("coordinator", older), at=older)
    empty = {
        **_document(world, tenant, patients[1], newer),
        "lines": [],
        "diagnoses": [],
        "place": "",
        "step": "services",
    }
    _save(world, empty, "", patients[1], by=cast("clinician", newer), at=newer)


def _save(world: World, document: Row, title: str, patient: Row, *, by: Actor, at: datetime) -> None:
    actions.save_draft(
        document=document, title=title, member_id=patient["id"], by=by, at=at,
        member_name=f"{patient['first_name']} {patient['last_name']}",
    )  # fmt: skip


def _document(world: World, tenant: Document, patient: Row, at: datetime) -> Row:
    plans = {names.key("plan", plan["key"]): plan["payer_id"] for plan in tenant["plans"]}
    practice = world.providers.practices[tenant["key"]][0]
    line = {"service": KNEE["key"], "units": "1", "from_on": (at + timedelta(days=21)).date().isoformat(), "to_on": "", "side": "left"}  # fmt: skip
    return {
        "member": {
            "number": patient["number"], "birth_on": patient["birth_on"].isoformat(), "last_name": patient["last_name"],
        },
        "payer_id": plans[world.members.spans[patient["id"]][0]["plan_id"]], "requester_npi": practice["npi"],
        "practitioner_npi": "", "facility_npi": "", "place": KNEE["place"], "urgency": "standard",
        "timing": "pre_service", "attested_by": "", "lines": [line], "diagnoses": list(KNEE["diagnoses"]),
        "answers": {}, "clinical_reason": "", "step": "questions",
    }  # fmt: skip
