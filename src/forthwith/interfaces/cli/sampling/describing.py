"""The sample world told to outside programs, as docs/reference/describe.schema.json says."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from forthwith.apps.criteria.loads import SERVICE_SYSTEM
from forthwith.apps.tenancy import queries as tenancy
from forthwith.apps.tenancy.scope import scoped

from . import asks, documents, names, people
from .documents import Document
from .world import EAST, SETTING, World, make

Row = dict[str, Any]
MEMBERS_A_PLAN = 12
QUESTIONNAIRE = "https://forthwith.example/Questionnaire/"
SIGN_IN = {
    "path": "/sign-in/", "username_field": "login", "password_field": "password",
    "code_path": "/sign-in/code/", "code_field": "code", "csrf_field": "csrfmiddlewaretoken",
}  # fmt: skip


def describe(base_url: str, *, at: datetime) -> Row:
    """The loaded world, with secrets. Raises LookupError where none is loaded, or one with other secrets than ours."""
    world = loaded(at=at)
    if _remembered(at).get("key") not in {people.key_mark(), None}:
        raise LookupError(
            "the sample world was loaded under another FORTHWITH_SECRET_KEY, from which its people's passwords are "
            "made: set that one, or name the data folder that holds it with --data"
        )
    today = at.astimezone(EAST).date()
    return {
        "base_url": base_url,
        "connect": _connect(base_url),
        "sign_in": SIGN_IN,
        "made_at": world.at.isoformat(),
        "portals": [_portal(tenant, one, base_url) for tenant in world.tenants for one in tenant["portals"]],
        "plans": [_plan(tenant, one) for tenant in world.tenants for one in tenant["plans"]],
        "members": [row for tenant in world.tenants for row in _members(world, tenant, today)],
        "practitioners": [row for tenant in world.tenants for row in _practitioners(world, tenant)],
        "organizations": [row for tenant in world.tenants for row in _organizations(world, tenant)],
        "people": world.people.told,
        "clients": [_client(world, row, base_url) for row in world.people.told_clients],
        "services": [row for tenant in world.tenants for row in _services(world, tenant, today)],
    }


def loaded(*, at: datetime) -> World:
    """The world as it was loaded. Raises LookupError where none is."""
    return make(datetime.fromisoformat(_remembered(at)["made_at"]))


def _remembered(at: datetime) -> Row:
    first = names.key("tenant", documents.tenants()[0]["key"])
    with scoped([first]):
        value: Row | None = tenancy.setting(first, SETTING, on=at.date())
    if value is None:
        raise LookupError("no sample world is loaded in this database: `forthwith sample load` loads it")
    return value


def url_of(base_url: str, host: str) -> str:
    """The portal's address: the scheme and port that people use, with the portal's own host."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


def _connect(base_url: str) -> Row:
    parts = urlsplit(base_url)
    host = parts.hostname or "localhost"
    return {"host": "127.0.0.1" if host == "localhost" else host, "port": parts.port or 80}


def _portal(tenant: Document, portal: Row, base_url: str) -> Row:
    url = url_of(base_url, portal["host"])
    return {
        "key": portal["key"], "host": portal["host"], "name": portal["name"], "tenant": tenant["key"],
        "url": f"{url}/", "desk_url": f"{url}/desk/", "fhir_url": f"{url}/fhir",
    }  # fmt: skip


def _plan(tenant: Document, plan: Row) -> Row:
    return {
        "key": plan["key"], "payer_id": plan["payer_id"], "name": plan["name"],
        "line_of_business": plan["line_of_business"], "product": plan["product"], "state": tenant["state"],
        "zone": tenant["zone"], "tenant": tenant["key"], "portal": tenant["portals"][0]["key"],
    }  # fmt: skip


def _members(world: World, tenant: Document, today: date) -> list[Row]:
    plans = {names.key("plan", plan["key"]): plan["key"] for plan in tenant["plans"]}
    chosen = world.members.of_tenant[tenant["key"]][: MEMBERS_A_PLAN * len(plans)]
    return [
        {
            "number": row["number"], "first_name": row["first_name"], "last_name": row["last_name"],
            "birth_on": row["birth_on"].isoformat(), "sex": row["sex"], "portal": tenant["portals"][0]["key"],
            "plans": [plans[span["plan_id"]] for span in world.members.spans[row["id"]]],
            "coverage": [_span(span, plans) for span in world.members.spans[row["id"]]],
            "kind": _kind(world.members.spans[row["id"]], today),
        }
        for row in chosen
    ]  # fmt: skip


def _span(span: Row, plans: dict[Any, str]) -> Row:
    return {
        "plan": plans[span["plan_id"]], "starts_on": span["starts_on"].isoformat(),
        "ends_on": span["ends_on"].isoformat() if span["ends_on"] else None, "priority": span["priority"],
    }  # fmt: skip


def _kind(spans: list[Row], today: date) -> str:
    if all(span["ends_on"] and span["ends_on"] < today for span in spans):
        return "ended"
    if all(span["starts_on"] > today for span in spans):
        return "future"
    return "two_plans" if len(spans) > 1 else "active"


def _practitioners(world: World, tenant: Document) -> list[Row]:
    employers = {row["practitioner_id"]: row["organization_id"] for row in reversed(world.providers.affiliations)}
    npis = {row["id"]: row["npi"] for row in world.providers.organizations}
    return [
        {
            "npi": row["npi"], "name": f"{row['first_name']} {row['last_name']}, {row['credentials']}",
            "first_name": row["first_name"], "last_name": row["last_name"], "specialty": row["specialty"],
            "organization_npi": npis[employers[row["id"]]], "tenant": tenant["key"],
            "in_network": world.providers.in_network.get((tenant["key"], row["npi"]), False),
        }
        for row in world.providers.clinicians[tenant["key"]]
    ]  # fmt: skip


def _organizations(world: World, tenant: Document) -> list[Row]:
    rows = world.providers.practices[tenant["key"]] + world.providers.facilities[tenant["key"]]
    return [
        {
            "npi": row["npi"], "name": row["name"], "kind": row["kind"], "tenant": tenant["key"],
            "in_network": world.providers.in_network.get((tenant["key"], row["npi"]), False),
        }
        for row in rows
    ]  # fmt: skip


def _client(world: World, client: Row, base_url: str) -> Row:
    host = next(p["host"] for t in world.tenants for p in t["portals"] if p["key"] == client["portal"])
    secret = world.people.tokens[names.key("client", client["key"])]
    return {
        **client,
        "token": {
            "type": "bearer", "token": secret, "header": f"Authorization: Bearer {secret}",
            "url": f"{url_of(base_url, host)}/fhir",
        },
    }  # fmt: skip


def _services(world: World, tenant: Document, today: date) -> list[Row]:
    """Each with whom to ask for and as whom: members take turns, so that what is asked once meets no other."""
    members = [row for row in _members(world, tenant, today) if row["kind"] == "active"]
    practice = world.providers.practices[tenant["key"]][0]
    client = next(row for row in world.people.told_clients if row["organization_npi"] == practice["npi"])
    doctor = next(
        row for row in world.providers.working_at[practice["id"]]
        if world.providers.in_network.get((tenant["key"], row["npi"]))
    )  # fmt: skip
    called = documents.service_names()
    return [
        {
            **ask, "name": called[ask["key"]], "portal": tenant["portals"][0]["key"],
            "coding": {"system": SERVICE_SYSTEM, "code": ask["key"]},
            "questionnaires": {package: QUESTIONNAIRE + package for package in ask["facts"]},
            "member": members[place % len(members)]["number"], "plan": members[place % len(members)]["plans"][0],
            "client": client["key"], "organization_npi": practice["npi"], "practitioner_npi": doctor["npi"],
        }
        for place, ask in enumerate(asks.of_tenant(tenant["key"]))
    ]  # fmt: skip
