"""What a tenant's configuration says, compiled and kept in the process until its revision moves."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from forthwith.apps.criteria import queries as criteria
from forthwith.apps.letters.phrases import letterhead_of
from forthwith.apps.tenancy import queries as tenancy
from forthwith.domain import requirements
from forthwith.domain.criteria import Package
from forthwith.domain.notices import Letterhead

from .asking import LineAsked


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Plans, services, codes, packages and rules of one tenant at one revision."""

    tenant_id: UUID
    key: str
    revision: int
    zone: str
    letterhead: Letterhead
    plans: dict[UUID, tenancy.PlanFound]
    services: dict[str, criteria.ServiceFound]
    codes: dict[tuple[str, str], str]
    packages: dict[str, tuple[Package, ...]]
    rules: tuple[requirements.Rule, ...]
    other_names: dict[tuple[str, str], str]

    def meant_by(self, kind: str, identifier: str) -> str:
        """Our own identifier for what others name so (a payer, a provider); the same one where nothing is mapped."""
        return self.other_names.get((kind, identifier), identifier)

    def package_for(self, service: str, on: date) -> Package | None:
        """The criteria package in force for a service on a day, or None."""
        found = self.services.get(service)
        return criteria.in_force(self.packages.get(found.package, ()), on) if found and found.package else None

    def service_of(self, line: LineAsked) -> str:
        """The service that a line names by our key or by a code that the tenant maps; "" where there is none."""
        service = line.service or self.codes.get((line.system, line.code), "")
        return service if service in self.services else ""

    def counted_for(self, service: str) -> set[str]:
        """The services whose past care the criteria for this service count."""
        packages = self.packages.get(self.services[service].package, ()) if service in self.services else ()
        return {each for package in packages for count in package.history.values() for each in count.services}


_lock = threading.Lock()
_known: dict[UUID, Reference] = {}


def reference(tenant_id: UUID, revision: int | None = None) -> Reference:
    """The tenant's reference; read anew when this process has another revision than the one given."""
    known = _known.get(tenant_id)
    if known is not None and (revision is None or known.revision == revision):
        return known
    with _lock:
        known = _known.get(tenant_id)
        if known is None or (revision is not None and known.revision != revision):
            known = _known[tenant_id] = _read(tenant_id)
    return known


def kept(tenant_id: UUID) -> Reference | None:
    """What this process keeps of the tenant, without asking the database; None before the first reading."""
    return _known.get(tenant_id)


def forget() -> None:
    """Drop what is kept (after a load, and between tests)."""
    _known.clear()


def _read(tenant_id: UUID) -> Reference:
    tenant: Any = tenancy.tenant(tenant_id)
    return Reference(
        tenant_id=tenant_id, key=tenant.key, revision=tenant.revision, zone=tenant.zone,
        letterhead=letterhead_of(tenant.letterhead, name=tenant.name, synthetic=tenant.synthetic),
        plans=tenancy.plans_of(tenant_id), services=criteria.services(tenant_id),
        codes=criteria.service_codes(tenant_id), packages=criteria.packages(tenant_id),
        rules=tenancy.requirement_rules(tenant_id), other_names=tenancy.other_names(tenant_id),
    )  # fmt: skip
