"""From a signed-in person or a bearer token to an Actor; a reviewer's standing."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from forthwith.apps.sql import one
from forthwith.apps.tenancy.queries import PortalFound
from forthwith.domain.permissions import ROLES, Side, permissions_of
from forthwith.domain.reviewers import Reviewer, ReviewerKind

from .actors import Actor
from .models import Credential, Grant, Person


def actor_of_person(person: Person, portal: PortalFound, *, at: datetime) -> Actor | None:
    """The person at this portal, or None where they hold no role there."""
    rows = list(
        Grant.objects.filter(person=person, portal_id=portal.id, granted_at__lte=at)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at))
        .select_related("organization")
    )
    if not rows or not person.is_active:
        return None
    roles = tuple(row.role for row in rows)
    organizations = {row.organization_id: row.organization for row in rows if row.organization}
    first = next(iter(organizations.values()), None)
    return Actor(
        id=person.id, name=person.name, kind="person", portal=portal.key, portal_id=portal.id,
        tenants=(portal.tenant_id,), organizations=tuple(organizations), roles=roles,
        permissions=permissions_of(list(roles)),
        is_staff=any(ROLES[role].side is Side.STAFF for role in roles if role in ROLES),
        title=ROLES[roles[0]].title if roles[0] in ROLES else "",
        organization_name=first.name if first else portal.tenant_name,
        purpose="treatment, payment or operations",
    )  # fmt: skip


_TOKEN = """
SELECT c.id, c.name, c.role, c.organization_id, o.name
FROM identity_token t JOIN identity_client c ON c.id = t.client_id
JOIN directory_organization o ON o.id = c.organization_id
WHERE t.digest = %s AND c.portal_id = %s AND c.is_active AND t.revoked_at IS NULL
  AND (t.expires_at IS NULL OR t.expires_at > %s)
"""


def digest_of(token: str) -> str:
    """How a token is kept: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_token(token: str, portal: PortalFound, *, at: datetime) -> Actor | None:
    """The client of this bearer token at this portal, or None. One statement."""
    row = one(_TOKEN, [digest_of(token), portal.id, at])
    if row is None:
        return None
    return Actor(
        id=row[0], name=row[1], kind="client", portal=portal.key, portal_id=portal.id,
        tenants=(portal.tenant_id,), organizations=(row[3],), roles=(row[2],),
        permissions=permissions_of([row[2]]), organization_name=row[4],
        on_behalf_of=row[4], purpose="treatment, payment or operations",
    )  # fmt: skip


def reviewer_of(actor: Actor, *, on: date) -> tuple[Reviewer, Credential | None]:
    """The actor's standing as a reviewer on this day, with the credential row that a determination copies."""
    credential = (
        Credential.objects.filter(tenant_id=actor.tenant_id, person_id=actor.id).order_by("-recorded_at").first()
    )
    kind = ReviewerKind(credential.kind) if credential else ReviewerKind.STAFF
    reviewer = Reviewer(
        person_id=actor.id, kind=kind,
        specialty=credential.specialty if credential else "",
        licence_states=frozenset(credential.licence_states if credential else ()),
        licence_expires_on=credential.licence_expires_on if credential else None,
        statement_expires_on=credential.statement_expires_on if credential else None,
        organizations=frozenset(actor.organizations) | _affiliated(actor.id),
        permissions=actor.permissions,
    )  # fmt: skip
    return reviewer, credential


def _affiliated(person_id: UUID | None) -> frozenset[UUID]:
    """Organizations where the person also holds a role, at any portal: an own group is a conflict."""
    rows = Grant.objects.filter(person_id=person_id, organization__isnull=False, ended_at__isnull=True)
    return frozenset(rows.values_list("organization_id", flat=True))
