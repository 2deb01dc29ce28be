"""The answer: what is due under each rule, and which rule governs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..allowances import Layer, OnBreach

_PRECEDENCE = {layer: place for place, layer in enumerate(Layer)}


@dataclass(frozen=True, slots=True)
class Due:
    """What one rule demands. Instants are UTC.

    `due_at` is None only while the rule's time has not started. `governs`: takes
    part in the minimum; `note` says why not, or what moved the time. `notify`:
    the notice too must be out by then. `stopped_at`: the decision, or the last
    required notice where the rule demands it.
    """

    rule: str
    version: str
    layer: Layer
    authority: str
    citation: str
    allowance: str
    started_at: datetime | None
    due_at: datetime | None
    governs: bool
    note: str
    on_breach: OnBreach
    notify: bool
    extended: bool = False
    stopped_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Stopped, but after it was due."""
        return self.stopped_at is not None and self.due_at is not None and self.stopped_at > self.due_at

    def document(self) -> dict[str, Any]:
        """As JSON can hold it; instants in ISO 8601, UTC."""
        return {
            "rule": self.rule,
            "version": self.version,
            "layer": str(self.layer),
            "authority": self.authority,
            "citation": self.citation,
            "allowance": self.allowance,
            "started_at": _iso(self.started_at),
            "due_at": _iso(self.due_at),
            "governs": self.governs,
            "note": self.note,
            "on_breach": str(self.on_breach),
            "notify": self.notify,
            "extended": self.extended,
        }


@dataclass(frozen=True, slots=True)
class Clock:
    """Every due instant of one line. `governing` is the earliest of those that govern, None where no rule does."""

    governing: Due | None
    dues: tuple[Due, ...]

    @property
    def owed(self) -> Due | None:
        """The earliest governing due that still runs: what is owed next; None when all have stopped."""
        return earliest(due for due in self.dues if due.governs and due.stopped_at is None)

    @property
    def is_late(self) -> bool:
        """Whether any governing rule was answered after it was due."""
        return any(due.is_late for due in self.dues if due.governs)

    def is_overdue(self, at: datetime) -> bool:
        """Whether something owed had run out by this instant."""
        owed = self.owed
        return owed is not None and owed.due_at is not None and owed.due_at < at

    def document(self) -> dict[str, Any]:
        """As JSON can hold it, for storing beside the line: the governing rule first, then every due."""
        dues = [due.document() for due in self.dues]
        governing = self.governing
        if governing is None:
            fields = ("due_at", "rule", "citation", "allowance", "on_breach", "version", "started_at")
            return dict.fromkeys(fields) | {"dues": dues}
        return {
            "due_at": _iso(governing.due_at),
            "rule": governing.rule,
            "citation": governing.citation,
            "allowance": governing.allowance,
            "on_breach": str(governing.on_breach),
            "version": governing.version,
            "started_at": _iso(governing.started_at),
            "dues": dues,
        }


def earliest(dues: Iterable[Due]) -> Due | None:
    """The due that comes first; among equals the law before promises, then by rule id: order never matters."""
    running = [due for due in dues if due.due_at is not None]
    return min(running, key=lambda due: (due.due_at, _PRECEDENCE[due.layer], due.rule), default=None)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
