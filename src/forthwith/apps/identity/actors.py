"""The Actor: who acts, for whom, at which portal, and what they may do. Below a door nobody sees more of a user."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from forthwith.domain.permissions import Permission, permissions_of


class PermissionMissing(Exception):
    """You don't have the right to do this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or client at a portal, with tenants, organizations and permissions in force now."""

    id: UUID | None
    name: str
    kind: str  # person | client | rule | operator
    portal: str = ""
    portal_id: UUID | None = None
    tenants: tuple[UUID, ...] = ()
    organizations: tuple[UUID, ...] = ()
    plans: tuple[UUID, ...] = ()
    roles: tuple[str, ...] = ()
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    on_behalf_of: str = ""
    purpose: str = ""
    is_staff: bool = False
    title: str = ""
    organization_name: str = ""

    @property
    def tenant_id(self) -> UUID:
        """The one tenant of the portal."""
        return self.tenants[0]

    def may(self, permission: Permission) -> bool:
        """Does this actor hold the permission?"""
        return permission in self.permissions

    def need(self, permission: Permission) -> None:
        """Raise PermissionMissing unless the actor holds the permission."""
        if permission not in self.permissions:
            raise PermissionMissing(PermissionMissing.__doc__)


def rules_of(tenant_id: UUID) -> Actor:
    """The plan's rules, which approve but never deny."""
    return Actor(
        id=None, name="Rules of the plan", kind="rule", tenants=(tenant_id,), roles=("rules",),
        permissions=permissions_of(["rules"]),
    )  # fmt: skip


def operator_of(tenant_id: UUID) -> Actor:
    """Whoever works at the console of this installation, for a tenant: no account, no permission at any door."""
    return Actor(id=None, name="Operator at the console", kind="operator", tenants=(tenant_id,))
