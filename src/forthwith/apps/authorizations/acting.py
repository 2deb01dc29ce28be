"""What every act on a stored request shares: find and lock, check version and move, write, record, tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from forthwith.apps.audit import actions as audit
from forthwith.apps.audit.actions import Happening
from forthwith.apps.identity.actors import Actor
from forthwith.apps.letters import actions as letters
from forthwith.domain.lifecycle import Act, Move, Tick, move_for
from forthwith.domain.notices import NoticeKind
from forthwith.domain.outcomes import status_of
from forthwith.domain.words import Outcome, State

from . import notices, queries
from .asking import NotFound, Stale
from .models import Authorization, Determination, Line
from .reckoning import moments_of, reckon_line, write_clock, write_owed
from .reference import Reference, reference
from .weighing import case_of

_MOMENT = {
    Tick.ASKED: "information_asked_at",
    Tick.ANSWERED: "information_received_at",
    Tick.EXTENDED: "extended_at",
}
#: What an act may change of a stored request: never who asked for what, or when it was received. The database holds to it.
MOVING = (
    "state", "status", "open_lines", "version", "moments", "due_at", "due_rule", "changed_at", "decided_at", "notified_at",
    "withdrawn_at",
)  # fmt: skip


def locked(number: str, *, by: Actor, version: int | None = None) -> Authorization:
    """The request, locked for this transaction. Raises NotFound, or Stale where the form was of another version."""
    row = (
        queries.visible_to(by)
        .filter(number=number)
        .select_for_update(of=("self",))
        .select_related("plan", "member", "organization")
        .first()
    )
    if row is None:
        raise NotFound(NotFound.__doc__)
    if version is not None and row.version != version:
        raise Stale(Stale.__doc__)
    return row


def permitted(row: Authorization, act: Act, *, by: Actor) -> Move:
    """The move of this act, if the actor holds its permission and the state allows it."""
    move = move_for(act, State(row.state))
    by.need(move.needs)
    return move


def known_of(row: Authorization) -> Reference:
    """The tenant's reference for this request."""
    return reference(row.tenant_id)


def lines_of(row: Authorization) -> list[Line]:
    """The lines, in order."""
    return list(Line.objects.filter(authorization=row).order_by("sequence"))


def carry_out(
    row: Authorization,
    move: Move,
    lines: Sequence[Line],
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Move the request: state, moments, status, clocks, version, and the event.

    The first question and its answer move the clocks; asking again never gives the plan more time.
    """
    moment = _MOMENT.get(move.tick)
    if moment:
        row.moments = {moment: at.isoformat(), **row.moments}
        reckon_again(row, lines)
    if move.target is not None:
        row.state = move.target
    outcomes = [Outcome(line.outcome) for line in lines]
    row.open_lines = outcomes.count(Outcome.PENDED)
    row.status = status_of(State(row.state), outcomes)
    row.version += 1
    row.changed_at = at
    write_owed(row, lines)
    row.save(update_fields=MOVING)
    record(row, move.event, by=by, at=at, facts=facts or {})


def record(row: Authorization, verb: str, *, by: Actor, at: datetime, facts: Mapping[str, Any]) -> None:
    """One event about this request."""
    happening = Happening(
        verb=verb, subject_type="authorization", subject_id=row.id, subject_number=row.number,
        facts={"status": row.status, "organization_id": str(row.organization_id), **facts},
    )  # fmt: skip
    audit.record([happening], tenant_id=row.tenant_id, by=by, at=at)


def reckon_again(row: Authorization, lines: Sequence[Line]) -> None:
    """Rewrite the clocks of the open lines from the moments."""
    plan, moments = known_of(row).plans[row.plan_id], moments_of(row)
    for line in lines:
        if line.outcome == Outcome.PENDED:
            case = case_of(plan, item=line.item_class, urgency=row.urgency, timing=row.timing)
            write_clock(line, reckon_line(case, moments))
            line.save(update_fields=["clock", "due_at"])


def tell(
    row: Authorization, kind: NoticeKind, lines: Sequence[Line], *, at: datetime,
    determinations: Sequence[Determination] = (), **more: Any,
) -> None:  # fmt: skip
    """Issue the notices of this kind, in this transaction."""
    issued = notices.issue(
        kind, as_mapping(row), [as_mapping(line) for line in lines], notices.parties_of(row), known_of(row), at,
        determinations=[as_mapping(one) for one in determinations], **more,
    )  # fmt: skip
    letters.issue_many(issued, at=at)


def as_mapping(row: Any) -> dict[str, Any]:
    """A row's columns by name."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
