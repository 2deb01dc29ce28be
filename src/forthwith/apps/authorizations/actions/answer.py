"""The office answers what was asked. A reviewer goes on; rules may now approve, never deny."""

from __future__ import annotations

from datetime import datetime

from forthwith.apps.identity.actors import Actor
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.lifecycle import Act

from ..acting import carry_out, lines_of, locked, permitted
from ..models import Authorization, InformationRequest


def answer_information(
    *, number: str, answer: str, by: Actor, at: datetime, version: int | None = None
) -> Authorization:
    """Answer the open question in words (files are attached apart).

    Raises NotFound, PermissionMissing, Stale, MoveRefused.
    """
    with scoped(by.tenants):
        row = locked(number, by=by, version=version)
        move = permitted(row, Act.ANSWER, by=by)
        open_ = InformationRequest.objects.filter(authorization=row, answered_at__isnull=True)
        open_.update(answer=answer, answered_by_name=by.name, answered_at=at)
        carry_out(row, move, lines_of(row), by=by, at=at, facts={"answer": answer})
        return row
