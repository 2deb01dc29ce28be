"""Reading tenants, portals and plans. What every request needs is kept in the process until the revision moves."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from forthwith.domain import requirements
from forthwith.domain.words import Requirement

from .models import OtherName, Plan, Portal, RequirementRule, Setting, Tenant

_FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalFound:
    """A host's portal and its tenant."""

    id: UUID
    key: str
    host: str
    name: str
    contact: dict[str, Any]
    tenant_id: UUID
    tenant_key: str
    tenant_name: str
    zone: str
    synthetic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFound:
    """A plan, as requests need it."""

    id: UUID
    key: str
    payer_id: str
    name: str
    line_of_business: str
    product: str
    state: str
    zone: str
    accredited: bool
    service_levels: tuple[str, ...]


_lock = threading.Lock()
_portals: dict[str, PortalFound] = {}
_portals_read = 0.0


def portal_of_host(host: str) -> PortalFound | None:
    """The portal that this Host header names (port ignored, case ignored), or None."""
    global _portals_read
    with _lock:
        if not _portals or time.monotonic() - _portals_read > _FRESH_SECONDS:
            rows = Portal.objects.select_related("tenant")
            _portals.clear()
            _portals.update({row.host: _portal(row) for row in rows})
            _portals_read = time.monotonic()
    return _portals.get(host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host)


def sample_portals() -> list[PortalFound]:
    """The portals of invented tenants, by name: a real plan's are named to nobody."""
    rows = Portal.objects.select_related("tenant").filter(tenant__synthetic=True).order_by("name")
    return [_portal(row) for row in rows]


def forget_portals() -> None:
    """Read portals anew at the next request (after a load)."""
    _portals.clear()


def _portal(row: Portal) -> PortalFound:
    return PortalFound(
        id=row.id, key=row.key, host=row.host, name=row.name, contact=row.contact, tenant_id=row.tenant_id,
        tenant_key=row.tenant.key, tenant_name=row.tenant.name, zone=row.tenant.zone,
        synthetic=row.tenant.synthetic,
    )  # fmt: skip


def tenant(tenant_id: UUID) -> Tenant:
    """The tenant of this id."""
    return Tenant.objects.get(pk=tenant_id)


def tenant_of_key(key: str) -> Tenant | None:
    """The tenant of this key, or None."""
    return Tenant.objects.filter(key=key).first()


def other_names(tenant_id: UUID) -> dict[tuple[str, str], str]:
    """What identifiers of others mean, by kind (payer, provider) and identifier: a payer id of ours, an NPI."""
    rows = OtherName.objects.filter(tenant_id=tenant_id)
    return {(row.kind, row.identifier): row.means for row in rows}


def tenant_ids() -> list[UUID]:
    """Every tenant, for jobs that serve all."""
    return list(Tenant.objects.values_list("id", flat=True))


def plans_of(tenant_id: UUID) -> dict[UUID, PlanFound]:
    """The tenant's plans by id."""
    return {row.id: plan_found(row) for row in Plan.objects.filter(tenant_id=tenant_id)}


def plan_found(row: Plan) -> PlanFound:
    """A plan's row as a plain value."""
    return PlanFound(
        id=row.id, key=row.key, payer_id=row.payer_id, name=row.name, line_of_business=row.line_of_business,
        product=row.product, state=row.state, zone=row.zone, accredited=row.accredited,
        service_levels=tuple(row.service_levels),
    )  # fmt: skip


def requirement_rules(tenant_id: UUID) -> tuple[requirements.Rule, ...]:
    """The tenant's rules "is authorization needed?", as the domain reads them."""
    return tuple(_rule(row) for row in RequirementRule.objects.filter(tenant_id=tenant_id))


def _rule(row: RequirementRule) -> requirements.Rule:
    return requirements.Rule(
        id=row.key, answer=Requirement(row.answer), reason=row.reason, owner=row.owner, plan=row.plan,
        product=row.product, program=row.program, service=row.service, place=row.place,
        in_network=row.in_network, effective_from=row.effective_from, effective_to=row.effective_to,
    )  # fmt: skip


def setting(tenant_id: UUID, key: str, *, on: date, default: Any = None) -> Any:
    """The tenant's own value of a setting on a day, or the default."""
    rows = Setting.objects.filter(tenant_id=tenant_id, key=key, effective_from__lte=on).order_by("-effective_from")
    for row in rows:
        if row.effective_to is None or row.effective_to >= on:
            return row.value
    return default
