"""Who signs in: people of two practices and the staff of each tenant; the systems that ask for practices.

Passwords, secrets and tokens are made of the installation's own key, so that no two installations share one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import argon2
from django.conf import settings

from . import names
from .documents import Document
from .providers import WITH_PEOPLE, Providers

Row = dict[str, Any]
# (name in the username, role, place of the practice)
OFFICE = (
    ("clinician", "clinician", 0), ("coordinator", "coordinator", 0), ("manager", "practice_manager", 0),
    ("biller", "biller", 0), ("clinician2", "clinician", 1), ("coordinator2", "coordinator", 1),
)  # fmt: skip
# (name in the username, role, kind of reviewer, title, specialty)
STAFF = (
    ("intake", "intake", "", "", ""),
    ("nurse", "nurse", "nurse", "Registered nurse", "spine and joint"),
    ("nurse2", "nurse", "nurse", "Registered nurse", "general"),
    ("pharmacist", "pharmacist", "pharmacist", "Clinical pharmacist", "specialty drugs"),
    ("physician", "physician", "physician", "Medical director", "orthopedic surgery"),
    ("physician-pain", "physician", "physician", "Medical director", "pain medicine"),
    ("physician-oncology", "physician", "physician", "Medical director", "oncology"),
    ("appeals", "appeals", "", "", ""),
    ("supervisor", "supervisor", "", "", ""),
    ("auditor", "auditor", "", "", ""),
)  # fmt: skip
OVERDUE = ("copperline", "physician-oncology")  # whose affirmative statement was not signed in time


@dataclass
class People:
    """Rows of identity, and what `describe` tells about them."""

    persons: list[Row] = field(default_factory=list)
    grants: list[Row] = field(default_factory=list)
    credentials: list[Row] = field(default_factory=list)
    clients: list[Row] = field(default_factory=list)
    told: list[Row] = field(default_factory=list)
    told_clients: list[Row] = field(default_factory=list)
    secrets: dict[UUID, str] = field(default_factory=dict)
    tokens: dict[UUID, str] = field(default_factory=dict)


def make(tenants: list[Document], providers: Providers, at: datetime) -> People:
    """The people and clients of all tenants, without hashed passwords."""
    made = People()
    for tenant in tenants:
        practices = providers.practices[tenant["key"]]
        for name, role, place in OFFICE:
            _add(made, tenant, name, role, practices[place], at)
        for name, role, kind, title, specialty in STAFF:
            person = _add(made, tenant, name, role, None, at)
            if kind:
                made.credentials.append(_credential(tenant, person, name, kind, title, specialty, at))
        for place in range(WITH_PEOPLE):
            _client(made, tenant, practices[place], place)
    return made


def _add(made: People, tenant: Document, name: str, role: str, practice: Row | None, at: datetime) -> Row:
    username = f"{name}.{tenant['key']}"
    dice = names.chance("person", username)
    first = dice.choice(names.FIRST_F if dice.random() < 0.6 else names.FIRST_M)
    row = {
        "id": names.key("person", username), "username": username, "name": f"{first} {dice.choice(names.LAST)}",
        "email": f"{username}@example.org", "created_at": at,
    }  # fmt: skip
    portal = tenant["portals"][0]["key"]
    made.persons.append(row)
    made.secrets[row["id"]] = totp_secret(username)
    made.grants.append({
        "id": names.key("grant", username), "person_id": row["id"], "portal_id": names.key("portal", portal),
        "organization_id": practice["id"] if practice else None, "role": role, "granted_at": at - timedelta(days=400),
    })  # fmt: skip
    made.told.append({
        "username": username, "password": password(username), "totp_secret": totp_secret(username), "roles": [role],
        "portal": portal, "name": row["name"], "organization_npi": practice["npi"] if practice else "",
    })  # fmt: skip
    return row


def _credential(tenant: Document, person: Row, name: str, kind: str, title: str, specialty: str, at: datetime) -> Row:
    today = at.date()
    signed = today - timedelta(days=390 if (tenant["key"], name) == OVERDUE else 120)
    return {
        "id": names.key("credential", person["username"]), "tenant_id": names.key("tenant", tenant["key"]),
        "person_id": person["id"], "kind": kind, "title": title, "specialty": specialty,
        "licence_number": f"SAMPLE-{names.chance(person['username']).randint(10_000, 99_999)}",
        "licence_states": [tenant["state"]], "licence_expires_on": date(today.year + 2, 6, 30),
        "statement_signed_on": signed, "statement_expires_on": signed + timedelta(days=365),
        "recorded_at": at - timedelta(days=100),
    }  # fmt: skip


def _client(made: People, tenant: Document, practice: Row, place: int) -> None:
    portal = tenant["portals"][0]
    name = f"ehr-{tenant['key']}" if place == 0 else f"ehr{place + 1}-{tenant['key']}"
    row = {
        "id": names.key("client", name), "portal_id": names.key("portal", portal["key"]),
        "organization_id": practice["id"], "key": name, "name": f"Records system of {practice['name']}",
    }  # fmt: skip
    made.clients.append(row)
    made.tokens[row["id"]] = token(name)
    made.told_clients.append({"key": name, "portal": portal["key"], "organization_npi": practice["npi"]})


def hashed(persons: list[Row]) -> list[Row]:
    """The rows with their passwords hashed.

    The passwords are 100 random bits, so a light hash is enough to begin with; Django makes it as costly as the
    settings say when the person first signs in.
    """
    with ThreadPoolExecutor(2) as pool:
        hashes = list(pool.map(lambda row: _hash(password(row["username"])), persons))
    return [{**row, "password": one} for row, one in zip(persons, hashes, strict=True)]


def _hash(text: str) -> str:
    light = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    return "argon2" + light.hash(text)


def password(username: str) -> str:
    """The person's password in this installation: 100 bits in five groups."""
    text = base64.b32encode(_derived("password", username)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 20, 4))


def totp_secret(username: str) -> str:
    """The person's TOTP secret in this installation (base32, 160 bits)."""
    return base64.b32encode(_derived("totp", username)[:20]).decode()


def token(client: str) -> str:
    """The client's bearer token in this installation (192 bits)."""
    return "fw_" + base64.urlsafe_b64encode(_derived("token", client)[:24]).decode()


def key_mark() -> str:
    """Tells whether this installation's key is the one that a loaded world was made with; tells nothing of the key."""
    return _derived("mark", "key")[:8].hex()


def _derived(purpose: str, name: str) -> bytes:
    text = f"forthwith sample world/{purpose}/{name}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).digest()
