"""Saving what an office has filled in so far, at any moment; nothing is lost by a stale or late save."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from forthwith.apps.audit import actions as audit
from forthwith.apps.audit.actions import Happening
from forthwith.apps.identity.actors import Actor
from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.permissions import Permission

from .. import queries
from ..asking import Stale
from ..models import Draft

KEPT_FOR = timedelta(days=30)


class DraftExpired(Exception):
    """This draft was kept for 30 days and has expired. Start the request again."""


def save_draft(
    *, document: dict[str, Any], title: str, by: Actor, at: datetime, draft_id: UUID | None = None,
    version: int | None = None, organization_id: UUID | None = None, member_id: UUID | None = None, member_name: str = "",
) -> Draft:  # fmt: skip
    """Save a new draft, or the next version of one.

    Raises NotFound, Stale (somebody of the practice saved another version) and DraftExpired.
    """
    by.need(Permission.REQUEST_DRAFT)
    with scoped(by.tenants):
        if draft_id is None:
            draft = Draft(
                id=new_key(), tenant_id=by.tenant_id, portal_id=by.portal_id,
                organization_id=organization_id or by.organizations[0], created_by_id=by.id, version=0,
            )  # fmt: skip
        else:
            draft = _locked(draft_id, version, by, at)
        draft.document, draft.title = document, title[:200]
        draft.member_id, draft.member_name = member_id or draft.member_id, member_name or draft.member_name
        draft.version += 1
        draft.saved_by_name, draft.saved_at, draft.expires_at = by.name, at, at + KEPT_FOR
        draft.save(force_insert=draft_id is None)
        return draft


def discard_draft(*, draft_id: UUID, by: Actor, at: datetime) -> None:
    """Throw a draft away; raises NotFound."""
    by.need(Permission.REQUEST_DRAFT)
    with scoped(by.tenants):
        queries.draft(draft_id, by=by).delete()
        happening = Happening(verb="draft_discarded", subject_type="draft", subject_id=draft_id)
        audit.record([happening], tenant_id=by.tenant_id, by=by, at=at)


def _locked(draft_id: UUID, version: int | None, by: Actor, at: datetime) -> Draft:
    queries.draft(draft_id, by=by)
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if draft.expires_at <= at:
        raise DraftExpired(DraftExpired.__doc__)
    if version is not None and version != draft.version:
        raise Stale(f"{draft.saved_by_name} saved this draft in the meantime. Your entries are below; check them against the saved version.")  # fmt: skip
    return draft
