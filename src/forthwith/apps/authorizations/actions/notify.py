"""Recording that a notice reached somebody. Decided is not notified: only the last required notice stops the clock."""

from __future__ import annotations

from datetime import datetime

from forthwith.apps.identity.actors import Actor
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.lifecycle import Act, move_for
from forthwith.domain.words import State

from ..acting import carry_out, lines_of, locked, record
from ..models import Authorization, NoticeGiven

REQUIRED = {"requester", "member"}


def record_notice(
    *, number: str, recipient: str, means: str, by: Actor, at: datetime, version: int | None = None
) -> Authorization:
    """Record that the requester or member was told of the decision, by which means.

    Raises NotFound, PermissionMissing, Stale, MoveRefused (nothing is decided yet).
    """
    with scoped(by.tenants):
        row = locked(number, by=by, version=version)
        move = move_for(Act.NOTIFY, State(row.state))
        by.need(move.needs)
        NoticeGiven.objects.create(
            tenant_id=row.tenant_id, authorization=row, recipient=recipient, means=means, by_name=by.name, at=at
        )
        told = set(NoticeGiven.objects.filter(authorization=row).values_list("recipient", flat=True))
        facts = {"recipient": recipient, "means": means}
        if told >= REQUIRED:
            row.notified_at = at
            carry_out(row, move, lines_of(row), by=by, at=at, facts=facts)
        else:
            record(row, "notice_given", by=by, at=at, facts=facts)
        return row
