"""Which letters an actor may read. Not visible and not found are one answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from forthwith.apps.identity.actors import Actor
from forthwith.domain.notices import Audience
from forthwith.domain.permissions import Permission

from .models import Letter


def visible_to(actor: Actor, *, at: datetime | None = None) -> QuerySet[Letter]:
    """Newest first: staff read their tenants' letters, an office the provider copies of its own requests.

    `at` hides from an office what is no longer kept on the portal.
    """
    if not actor.may(Permission.LETTER_READ):
        return Letter.objects.none()
    letters = Letter.objects.filter(tenant_id__in=actor.tenants).order_by("-issued_at", "-id")
    if actor.is_staff:
        return letters
    own = Q(organization_id__in=actor.organizations, audience=Audience.PROVIDER.value)
    return letters.filter(own, visible_until__gt=at) if at is not None else letters.filter(own)


def for_subject(actor: Actor, subject_type: str, subject_id: UUID, *, at: datetime | None = None) -> QuerySet[Letter]:
    """The letters about one request or appeal, newest first."""
    return visible_to(actor, at=at).filter(subject_type=subject_type, subject_id=subject_id)
