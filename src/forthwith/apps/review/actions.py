"""Taking a case, giving it back, and recommending to a physician."""

from __future__ import annotations

from datetime import datetime

from forthwith.apps.authorizations.acting import carry_out, lines_of, locked, permitted
from forthwith.apps.authorizations.models import Authorization
from forthwith.apps.identity.actors import Actor
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.lifecycle import Act
from forthwith.domain.words import Outcome

from .models import Assignment, Recommendation


class AlreadyTaken(Exception):
    """Somebody else has this case."""


def take(*, number: str, by: Actor, at: datetime, over: bool = False, version: int | None = None) -> Authorization:
    """Take a case. Raises NotFound, PermissionMissing, Stale, MoveRefused, AlreadyTaken (unless `over`)."""
    with scoped(by.tenants):
        row = locked(number, by=by, version=version)
        move = permitted(row, Act.TAKE, by=by)
        open_ = Assignment.objects.filter(authorization=row, ended_at__isnull=True).first()
        if open_ and open_.person_id == by.id:
            return row
        if open_ and not over:
            raise AlreadyTaken(f"{open_.person_name} has this case.")
        if open_:
            open_.ended_at = at
            open_.save(update_fields=["ended_at"])
        Assignment.objects.create(
            tenant_id=row.tenant_id, authorization=row, person_id=by.id, person_name=by.name, taken_at=at
        )
        carry_out(row, move, lines_of(row), by=by, at=at)
        return row


def release(*, number: str, by: Actor, at: datetime, version: int | None = None) -> Authorization:
    """Give a case back to the worklist; raises NotFound, PermissionMissing, Stale, MoveRefused."""
    with scoped(by.tenants):
        row = locked(number, by=by, version=version)
        move = permitted(row, Act.RELEASE, by=by)
        Assignment.objects.filter(authorization=row, ended_at__isnull=True).update(ended_at=at)
        carry_out(row, move, lines_of(row), by=by, at=at)
        return row


def recommend(
    *, number: str, outcomes: dict[int, Outcome], note: str, by: Actor, at: datetime, version: int | None = None
) -> Authorization:
    """Recommend an outcome for lines by sequence, with the reviewer's note; decides nothing.

    The case goes back to the worklist for a physician. Raises NotFound, PermissionMissing, Stale, MoveRefused.
    """
    with scoped(by.tenants):
        row = locked(number, by=by, version=version)
        move = permitted(row, Act.RECOMMEND, by=by)
        lines = lines_of(row)
        for line in lines:
            if line.sequence in outcomes:
                Recommendation.objects.create(
                    tenant_id=row.tenant_id, authorization=row, line=line, outcome=outcomes[line.sequence],
                    note=note, person_id=by.id, person_name=by.name, at=at,
                )  # fmt: skip
        Assignment.objects.filter(authorization=row, person_id=by.id, ended_at__isnull=True).update(ended_at=at)
        carry_out(row, move, lines, by=by, at=at, facts={"note": note})
        return row
