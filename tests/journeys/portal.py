"""An office at the portal, for journeys through the ordinary door."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils.timezone import localdate, now

from forthwith.apps.directory.models import Affiliation
from forthwith.apps.identity.models import Grant, Person
from tests.factories import MEETS, World, world

FIRST_DAY = (localdate() + timedelta(days=14)).isoformat()
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def a_world(key: str = "empire-spine", **more: Any) -> World:
    """The sample world with its doctor at the practice, everyone's roles held since long ago."""
    made = world(key, **more)
    Affiliation.objects.create(practitioner=made.doctor, organization=made.office)
    Grant.objects.filter(portal_id=made.portal.id).update(granted_at=LONG_AGO)
    return made


def earlier() -> datetime:
    """An hour ago: before whatever the pages do."""
    return now() - timedelta(hours=1)


def at_the_portal(made: World, role: str = "coordinator") -> Client:
    """A browser in which this person is signed in."""
    client = Client(HTTP_HOST=f"{made.tenant.key}.localhost")
    client.force_login(Person.objects.get(pk=made[role].id))
    return client


def find(client: Client, made: World) -> Any:
    """Look the member up by number and birth date."""
    born = made.member.birth_on
    query = {
        "by": "number", "number": made.member.number, "birth_on_month": born.month, "birth_on_day": born.day,
        "birth_on_year": born.year,
    }  # fmt: skip
    return client.post("/patients/", query)


def start(client: Client, made: World) -> str:
    """A draft for the member; the address of its steps."""
    find(client, made)
    response = client.post("/requests/start/", {"member": str(made.member.id)})
    assert response.status_code == 302, response.content
    return str(response["Location"]).removesuffix("services/")


def version(client: Client, address: str) -> str:
    """The version that the form of this page carries."""
    text = client.get(address).content.decode()
    found = re.search(r'name="version" value="(\d+)"', text)
    assert found, text
    return found.group(1)


def services_form(made: World, **more: Any) -> dict[str, Any]:
    """The services step filled in for one injection."""
    return {
        "line-service": ["SVC:ESI-TF1"], "line-units": ["1"], "line-from": [FIRST_DAY], "line-to": [""],
        "line-side": ["left"], "diagnosis": ["M54.16"], "practitioner": made.doctor.npi, "place": "11", "facility": "",
        "urgency": "standard", "timing": "pre_service", "act": "continue", **more,
    }  # fmt: skip


def answers_form(answers: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The questions step filled in (meeting the criteria, unless said otherwise)."""
    given = {f"a.MSK-ESI.{key}": value for key, value in (MEETS if answers is None else answers).items()}
    return {**given, "clinical_reason": "", "act": "continue", **more}


def fill(client: Client, made: World, answers: dict[str, Any] | None = None) -> str:
    """A draft filled in to its last step; the address of its steps."""
    draft = start(client, made)
    step = f"{draft}services/"
    response = client.post(step, services_form(made, version=version(client, step)))
    assert response.status_code == 302, response.content.decode()
    step = f"{draft}questions/"
    response = client.post(step, answers_form(answers, version=version(client, step)))
    assert response.status_code == 302, response.content.decode()
    step = f"{draft}documents/"
    response = client.post(step, {"act": "continue", "version": version(client, step)})
    assert response.status_code == 302
    return draft


def submit(client: Client, draft: str) -> Any:
    """Press the last button."""
    step = f"{draft}review/"
    key = draft.strip("/").rpartition("/")[2]
    return client.post(step, {"act": "submit", "version": version(client, step), "key": key})
