"""The clocks of a request, from its moments: written by each act, rewritten by `forthwith clock recompute`.

Moments are the truth. What is stored (due, rule, version, the document) is
only what they came to when it was written; nothing else may set it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from forthwith.apps.criteria.allowances import book
from forthwith.domain import clocks
from forthwith.domain.words import Outcome, State

from .models import Authorization, Line


def reckon_line(case: clocks.Case, moments: clocks.Moments) -> clocks.Clock:
    """The clock of one line. Where its own rule gives no extension, the request's moves nothing (a Part B drug)."""
    try:
        return clocks.reckon(case, moments, book())
    except clocks.ExtensionRefused:
        return clocks.reckon(case, replace(moments, extended_at=None), book())


def moments_of(row: Authorization, *, until: datetime | None = None) -> clocks.Moments:
    """The recorded moments, as the clocks read them; those after `until` had not happened yet."""
    told = {name: datetime.fromisoformat(at) for name, at in row.moments.items()}
    return clocks.Moments(**{name: at for name, at in told.items() if until is None or at <= until})


def write_clock(line: Line, clock: clocks.Clock) -> bool:
    """Put the clock on the line (unsaved); whether that changed anything."""
    document = clock.document()
    due_at = clock.governing.due_at if clock.governing else None
    changed = (line.clock, line.due_at) != (document, due_at)
    line.clock, line.due_at = document, due_at
    return changed


def write_owed(row: Authorization, lines: Sequence[Line]) -> bool:
    """Put what is owed next on the request (unsaved): the earliest due of its open lines; whether it changed."""
    owed = owed_of(lines) if row.state != State.WITHDRAWN else (None, "")
    changed = (row.due_at, row.due_rule) != owed
    row.due_at, row.due_rule = owed
    return changed


def owed_of(lines: Iterable[Line]) -> tuple[datetime | None, str]:
    """The earliest due of the open lines (among equals the first line's), and its rule."""
    open_ = [(line.due_at, str(line.clock.get("rule") or "")) for line in lines if line.outcome == Outcome.PENDED]
    running = [(due_at, rule) for due_at, rule in open_ if due_at is not None]
    return min(running, key=lambda one: one[0], default=(None, ""))
