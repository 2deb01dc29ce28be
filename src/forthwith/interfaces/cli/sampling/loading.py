"""The world into the database, in one transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from forthwith.apps.criteria import loads as criteria
from forthwith.apps.directory import loads as directory
from forthwith.apps.identity import loads as identity
from forthwith.apps.tenancy import loads as tenancy
from forthwith.apps.tenancy.scope import scoped

from . import documents, guide, names, past, people
from .documents import Document
from .world import SETTING, World

Step = Callable[[str], None]


STEPS = 4


def load(world: World, step: Step) -> int:
    """Load everything, telling each step; how many past requests were made."""
    step("Hashing passwords")
    persons = people.hashed(world.people.persons)
    step("Plans and policies")
    with scoped(tenant_ids(world)):
        for tenant in world.tenants:
            _tenant(tenant, world)
        step("Clinicians, practices and members")
        _directory(world)
        step("People and systems")
        _identity(world, persons)
        return past.play(world, step)


def tenant_ids(world: World) -> list[UUID]:
    """The keys of the world's tenants."""
    return [names.key("tenant", tenant["key"]) for tenant in world.tenants]


def _tenant(tenant: Document, world: World) -> None:
    key = names.key("tenant", tenant["key"])
    tenancy.load_tenants([{
        "id": key, "key": tenant["key"], "name": tenant["name"], "state": tenant["state"], "zone": tenant["zone"],
        "letterhead": tenant["letterhead"], "synthetic": True,
    }])  # fmt: skip
    tenancy.load_portals(
        {**portal, "id": names.key("portal", portal["key"]), "tenant_id": key} for portal in tenant["portals"]
    )
    tenancy.load_programs({**program, "tenant_id": key} for program in tenant["programs"])
    tenancy.load_plans(_plan(tenant, plan, key) for plan in tenant["plans"])
    tenancy.load_setting(
        key, SETTING, {"made_at": world.at.isoformat(), "key": people.key_mark()}, since=date(2020, 1, 1)
    )
    folder = documents.policies()
    tenancy.load_requirement_rules(key, criteria.read_document(folder / tenant["requirements"]))
    criteria.load_policies(key, folder, codes=tenant["codes"])
    tenancy.load_other_names(key, "payer", guide.payers(tenant))
    tenancy.load_other_names(key, "provider", guide.providers(tenant, world.providers))


def _plan(tenant: Document, plan: dict[str, Any], tenant_id: UUID) -> dict[str, Any]:
    return {
        "state": tenant["state"], "zone": tenant["zone"], **plan, "id": names.key("plan", plan["key"]),
        "tenant_id": tenant_id,
    }  # fmt: skip


def _directory(world: World) -> None:
    directory.load_practitioners(world.providers.practitioners)
    directory.load_organizations(world.providers.organizations)
    directory.load_affiliations(world.providers.affiliations)
    directory.load_network(world.providers.network)
    directory.load_members(world.members.rows)
    directory.load_coverages(world.members.coverages)
    known = [guide.member(tenant, world.at.date()) for tenant in world.tenants]
    directory.load_members(row for row, _ in known)
    directory.load_coverages(span for _, span in known)


def _identity(world: World, persons: list[dict[str, Any]]) -> None:
    made = world.people
    identity.load_people(persons)
    identity.load_grants(made.grants)
    identity.load_credentials(made.credentials)
    identity.load_secrets(made.secrets, at=world.at)
    identity.load_clients(made.clients, made.tokens, at=world.at)
