"""Rewriting stored clocks from the moments, after a rule was mended: `forthwith clock recompute`.

A batch is one short transaction: requests are looked at without a lock, and
only those whose clocks come out otherwise are locked, looked at again,
rewritten and recorded. A line that is decided keeps to the moments before its
decision. Nothing else of a request moves, its version neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from forthwith.apps.audit import actions as audit
from forthwith.apps.audit.actions import Happening
from forthwith.apps.identity.actors import rules_of
from forthwith.apps.sql import json_text, run
from forthwith.apps.tenancy.queries import tenant_ids
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain import clocks
from forthwith.domain.words import Outcome

from .models import Authorization, Determination, Line
from .reckoning import moments_of, reckon_line, write_clock, write_owed
from .reference import reference
from .weighing import case_of

EVENT = "clock_recomputed"
_WRITE_LINES = """
UPDATE authorizations_line l SET clock = n.clock, due_at = n.due_at
FROM jsonb_to_recordset(%s::jsonb) AS n(id uuid, clock jsonb, due_at timestamptz) WHERE l.id = n.id
"""
_WRITE_ROWS = """
UPDATE authorizations_authorization a SET due_at = n.due_at, due_rule = n.due_rule
FROM jsonb_to_recordset(%s::jsonb) AS n(id uuid, due_at timestamptz, due_rule text) WHERE a.id = n.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One request whose clock came out otherwise: what was stored, and what the moments come to."""

    number: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Batch:
    """What one batch did. `last` is None after the end; `refused` names requests that no rule can reckon."""

    looked: int = 0
    last: UUID | None = None
    changes: list[Change] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Found:
    """One request with its lines, reckoned anew in memory."""

    row: Authorization
    lines: list[Line]
    change: Change | None


def count() -> int:
    """How many requests there are."""
    with scoped(tenant_ids()):
        return Authorization.objects.count()


def recompute(*, after: UUID | None, limit: int, at: datetime, dry_run: bool = False) -> Batch:
    """Look at the next `limit` requests after this key, in order of keys; rewrite what is not what it should be."""
    with scoped(tenant_ids()):
        rows = Authorization.objects.order_by("id")
        rows = list((rows.filter(id__gt=after) if after else rows)[:limit])
        batch = Batch(looked=len(rows), last=rows[-1].id if len(rows) == limit else None)
        found = _reckoned(rows, batch)
        if found and not dry_run:
            wanted = [one.row.id for one in found]
            again = Authorization.objects.filter(id__in=wanted).select_for_update(of=("self",)).order_by("id")
            found = _reckoned(list(again), Batch())
            _write(found, at)
        batch.changes = [one.change for one in found if one.change]
        return batch


def _reckoned(rows: Sequence[Authorization], batch: Batch) -> list[_Found]:
    """The requests whose clocks come out otherwise; those that cannot be reckoned are named in the batch."""
    lines: dict[UUID, list[Line]] = defaultdict(list)
    for line in Line.objects.filter(authorization__in=rows).order_by("sequence"):
        lines[line.authorization_id].append(line)
    decided = dict(Determination.objects.filter(authorization__in=rows).values_list("id", "decided_at"))
    found = []
    for row in rows:
        try:
            change = _reckon(row, lines[row.id], decided)
        except clocks.ClockRefused as refusal:
            batch.refused.append((row.number, str(refusal)))
            continue
        if change:
            found.append(_Found(row, lines[row.id], change))
    return found


def _reckon(row: Authorization, lines: list[Line], decided: Mapping[UUID, datetime]) -> Change | None:
    plan = reference(row.tenant_id).plans[row.plan_id]
    before = _told(row, lines)
    changed = False
    for line in lines:
        case = case_of(plan, item=line.item_class, urgency=row.urgency, timing=row.timing)
        moments = moments_of(row, until=_ended(row, line, decided))
        changed = write_clock(line, reckon_line(case, moments)) or changed
    changed = write_owed(row, lines) or changed
    return Change(number=row.number, before=before, after=_told(row, lines)) if changed else None


def _ended(row: Authorization, line: Line, decided: Mapping[UUID, datetime]) -> datetime | None:
    """When the line left our hands; None while it is open."""
    if line.outcome == Outcome.PENDED:
        return None
    if line.determination_id is not None:
        return decided.get(line.determination_id)
    return row.withdrawn_at if line.outcome == Outcome.CANCELLED else row.received_at


def _told(row: Authorization, lines: Iterable[Line]) -> dict[str, Any]:
    return {"due_at": _iso(row.due_at), "rule": row.due_rule, "lines": [*_lines_told(lines)]}


def _lines_told(lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield {
            "sequence": line.sequence, "due_at": _iso(line.due_at),
            "rule": line.clock.get("rule"), "version": line.clock.get("version"),
        }  # fmt: skip


def _write(found: Sequence[_Found], at: datetime) -> None:
    lines = [{"id": line.id, "clock": line.clock, "due_at": line.due_at} for one in found for line in one.lines]
    rows = [{"id": one.row.id, "due_at": one.row.due_at, "due_rule": one.row.due_rule} for one in found]
    run(_WRITE_LINES, [json_text(lines)])
    run(_WRITE_ROWS, [json_text(rows)])
    happened: dict[UUID, list[Happening]] = defaultdict(list)
    for one in found:
        happened[one.row.tenant_id].append(_happening(one))
    for tenant_id, happenings in happened.items():
        audit.record(happenings, tenant_id=tenant_id, by=rules_of(tenant_id), at=at)


def _happening(one: _Found) -> Happening:
    assert one.change is not None
    return Happening(
        verb=EVENT, subject_type="authorization", subject_id=one.row.id, subject_number=one.row.number,
        facts={
            "status": one.row.status, "organization_id": str(one.row.organization_id),
            "before": one.change.before, "after": one.change.after,
        },
    )  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
