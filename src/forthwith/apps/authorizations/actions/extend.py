"""Taking the one extension that a rule gives, for a lawful reason, with its notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from forthwith.apps.criteria.allowances import book
from forthwith.apps.identity.actors import Actor
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain import clocks
from forthwith.domain.lifecycle import Act
from forthwith.domain.notices import NoticeKind
from forthwith.domain.words import Outcome

from ..acting import carry_out, known_of, lines_of, locked, permitted, tell
from ..models import Authorization, Line
from ..reckoning import moments_of
from ..weighing import case_of


def extend(
    *, number: str, reason: str, words: str, by: Actor, at: datetime, version: int | None = None
) -> Authorization:
    """Extend the lines whose rule allows it for this reason; `words` go into the notice.

    Raises ExtensionRefused in the rule's own words where no open line may be extended.
    """
    with scoped(by.tenants):
        row = locked(number, by=by, version=version)
        move = permitted(row, Act.EXTEND, by=by)
        lines = [line for line in lines_of(row) if line.outcome == Outcome.PENDED]
        offers = _offers(row, lines, at)
        lawful = [offer for offer in offers if offer.allowed]
        if not lawful:
            raise clocks.ExtensionRefused(offers[0].words if offers else "No line is open.", field="extended_at")
        for offer in lawful:
            offer.reason(reason)
        carry_out(row, move, lines_of(row), by=by, at=at, facts={"reason": reason, "words": words})
        tell(row, NoticeKind.EXTENSION, lines_of(row), at=at, why=words)
        return row


def possible(row: Authorization, lines: Sequence[Line], *, at: datetime) -> clocks.PossibleExtension | None:
    """What a page may offer: the first open line's lawful extension at this moment, or None."""
    open_lines = [line for line in lines if line.outcome == Outcome.PENDED]
    return next((offer for offer in _offers(row, open_lines, at) if offer.allowed), None)


def _offers(row: Authorization, lines: Sequence[Line], at: datetime) -> list[clocks.PossibleExtension]:
    plan = known_of(row).plans[row.plan_id]
    return [
        clocks.possible_extension(
            case_of(plan, item=line.item_class, urgency=row.urgency, timing=row.timing),
            moments_of(row), book(), at=at,
        )
        for line in lines
    ]  # fmt: skip
