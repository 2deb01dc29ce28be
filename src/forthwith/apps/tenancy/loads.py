"""Loading tenants from documents: tenant, portals, programs, plans, settings and requirement rules, in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from forthwith.domain import requirements

from .models import OtherName, Plan, Portal, Program, RequirementRule, Setting, Tenant
from .queries import forget_portals


def has_tenants() -> bool:
    """Is any tenant there?"""
    return Tenant.objects.exists()


def load_tenants(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store tenants; each mapping holds a Tenant's columns by name."""
    Tenant.objects.bulk_create(Tenant(**row) for row in rows)


def load_portals(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store portals; requests find them at once."""
    Portal.objects.bulk_create(Portal(**row) for row in rows)
    forget_portals()


def load_plans(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store plans."""
    Plan.objects.bulk_create(Plan(**row) for row in rows)


def load_programs(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store programs (rows of the tenants in scope only)."""
    Program.objects.bulk_create(Program(**row) for row in rows)


def load_setting(tenant_id: UUID, key: str, value: Any, *, since: date) -> None:
    """A tenant's value of a setting from a day on."""
    Setting.objects.create(tenant_id=tenant_id, key=key, value=value, effective_from=since)


def load_requirement_rules(tenant_id: UUID, document: Mapping[str, Any]) -> int:
    """Store the rules of a document (docs/reference/policy-format.md); how many rows they became."""
    rules: Sequence[requirements.Rule] = requirements.read_rules(document)
    RequirementRule.objects.bulk_create(
        RequirementRule(
            tenant_id=tenant_id, key=rule.id, plan=rule.plan, product=rule.product, program=rule.program,
            service=rule.service, place=rule.place, in_network=rule.in_network, answer=rule.answer, owner=rule.owner,
            reason=rule.reason, effective_from=rule.effective_from, effective_to=rule.effective_to,
        )
        for rule in rules
    )  # fmt: skip
    return len(rules)


def load_other_names(tenant_id: UUID, kind: str, means: Mapping[str, str]) -> None:
    """Store what identifiers of others mean: payer ids of plans, NPIs of providers. One that is there is changed."""
    OtherName.objects.bulk_create(
        (OtherName(tenant_id=tenant_id, kind=kind, identifier=name, means=ours) for name, ours in means.items()),
        update_conflicts=True, unique_fields=["tenant", "kind", "identifier"], update_fields=["means"],
    )  # fmt: skip


def configuration_changed(tenant_id: UUID) -> None:
    """Every process reads the tenant's configuration anew at its next request."""
    Tenant.objects.filter(id=tenant_id).update(revision=F("revision") + 1)
