"""The answer to a request, as every door gives it back: plain values, no rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from forthwith.apps.sql import read_date, read_instant
from forthwith.domain.words import Outcome, Status

from .reference import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnswered:
    """What became of one line, and why."""

    sequence: int
    service: str
    service_name: str
    outcome: Outcome
    units_requested: Decimal
    units_approved: Decimal | None
    unit: str
    approved_from: date | None
    approved_to: date | None
    authorization_number: str | None
    requirement: Mapping[str, Any]
    criteria: Mapping[str, Any]
    reason: str
    basis: str
    by_person: bool
    citations: tuple[Mapping[str, Any], ...]
    due_at: datetime | None
    owner: str
    decided_at: datetime | None = None
    reviewer_specialty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Where a request stands."""

    id: UUID
    number: str
    status: Status
    state: str
    received_at: datetime
    decided_at: datetime | None
    due_at: datetime | None
    due_rule: str
    zone: str
    lines: tuple[LineAnswered, ...]
    external: Mapping[str, Any]
    asked_for: tuple[str, ...] = field(default=())


def answered(
    authorization: Mapping[str, Any],
    lines: Iterable[Mapping[str, Any]],
    determinations: Iterable[Mapping[str, Any]],
    *,
    known: Reference,
    asked_for: tuple[str, ...] = (),
) -> Answered:
    """The answer out of rows as they were written (or read back as mappings)."""
    decided = {row["line_id"]: row for row in determinations}
    plan = known.plans[authorization["plan_id"]]
    return Answered(
        id=authorization["id"], number=authorization["number"], status=Status(authorization["status"]),
        state=authorization["state"], received_at=_instant(authorization["received_at"]),
        decided_at=_instant(authorization["decided_at"]), due_at=_instant(authorization["due_at"]),
        due_rule=authorization["due_rule"], zone=plan.zone,
        lines=tuple(_line(line, decided.get(line["id"])) for line in lines),
        external=authorization["external"], asked_for=asked_for,
    )  # fmt: skip


def _line(line: Mapping[str, Any], decided: Mapping[str, Any] | None) -> LineAnswered:
    return LineAnswered(
        sequence=line["sequence"], service=line["service"], service_name=line["service_name"],
        outcome=Outcome(line["outcome"]), units_requested=Decimal(line["units_requested"]),
        units_approved=None if line["units_approved"] is None else Decimal(line["units_approved"]), unit=line["unit"],
        approved_from=_date(line["approved_from"]), approved_to=_date(line["approved_to"]),
        authorization_number=line["authorization_number"], requirement=line["requirement"], criteria=line["criteria"],
        reason=decided["reason"] if decided else line["requirement"].get("reason", ""),
        basis=decided["basis"] if decided else "", by_person=bool(decided and decided["reviewer_id"]),
        citations=tuple(decided["citations"]) if decided else (), due_at=_instant(line["due_at"]),
        owner=line["requirement"].get("owner", ""), decided_at=_instant(decided["decided_at"]) if decided else None,
        reviewer_specialty=decided["reviewer_title"] if decided else "",
    )  # fmt: skip


def _instant(value: Any) -> Any:
    return read_instant(value) if isinstance(value, str) else value


def _date(value: Any) -> Any:
    return read_date(value) if isinstance(value, str) else value
