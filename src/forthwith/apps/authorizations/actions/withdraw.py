"""The office takes its request back."""

from __future__ import annotations

from datetime import datetime

from forthwith.apps.identity.actors import Actor
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.lifecycle import Act
from forthwith.domain.notices import NoticeKind
from forthwith.domain.words import Outcome

from ..acting import carry_out, lines_of, locked, permitted, tell
from ..models import Authorization


def withdraw(*, number: str, reason: str, by: Actor, at: datetime, version: int | None = None) -> Authorization:
    """Withdraw an open request; lines that were approved before stay approved.

    Raises NotFound, PermissionMissing, Stale, MoveRefused.
    """
    with scoped(by.tenants):
        row = locked(number, by=by, version=version)
        move = permitted(row, Act.WITHDRAW, by=by)
        lines = lines_of(row)
        for line in lines:
            if line.outcome == Outcome.PENDED:
                line.outcome = Outcome.CANCELLED
                line.save(update_fields=["outcome"])
        row.withdrawn_at = at
        carry_out(row, move, lines, by=by, at=at, facts={"reason": reason})
        tell(row, NoticeKind.WITHDRAWAL, lines, at=at, why=reason)
        return row
