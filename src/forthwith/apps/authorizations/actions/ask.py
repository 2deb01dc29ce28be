"""Asking the office for what is missing. The clock runs on, unless the plan's own rule lets it pause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from forthwith.apps.identity.actors import Actor
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.lifecycle import Act
from forthwith.domain.notices import NoticeKind, Question
from forthwith.domain.words import Outcome

from ..acting import carry_out, lines_of, locked, permitted, tell
from ..models import Authorization, InformationRequest


def ask_for_information(
    *, number: str, questions: Sequence[str], message: str, by: Actor, at: datetime, version: int | None = None
) -> Authorization:
    """Ask the office; raises NotFound, PermissionMissing, Stale, MoveRefused."""
    return _ask(Act.ASK, "ask", number, questions, message, by, at, version)


def send_back(
    *, number: str, questions: Sequence[str], message: str, by: Actor, at: datetime, version: int | None = None
) -> Authorization:
    """Send an incomplete request back to the office; it keeps its receipt time, and the clock its course."""
    return _ask(Act.SEND_BACK, "send_back", number, questions, message, by, at, version)


def _ask(
    act: Act,
    kind: str,
    number: str,
    questions: Sequence[str],
    message: str,
    by: Actor,
    at: datetime,
    version: int | None,
) -> Authorization:
    with scoped(by.tenants):
        row = locked(number, by=by, version=version)
        move = permitted(row, act, by=by)
        lines = lines_of(row)
        carry_out(row, move, lines, by=by, at=at, facts={"questions": list(questions), "message": message})
        reply_by = _reply_by(row.due_at, at)
        InformationRequest.objects.create(
            tenant_id=row.tenant_id, authorization=row, kind=kind, questions=list(questions), message=message,
            reply_by=reply_by, asked_by_name=by.name, asked_at=at,
        )  # fmt: skip
        pended = [line for line in lines if line.outcome == Outcome.PENDED]
        tell(
            row, NoticeKind.INFORMATION, pended, at=at, reply_by=reply_by, sent_back=act is Act.SEND_BACK,
            asked=tuple(Question(words=words) for words in (*questions, *([message] if message else []))),
        )  # fmt: skip
        return row


def _reply_by(due_at: datetime | None, at: datetime) -> datetime | None:
    """A day before the request is due; half of what is left of a short clock. What is overdue gets a day, not a past moment."""
    if due_at is None:
        return None
    if due_at <= at:
        return at + timedelta(hours=24)
    return due_at - min(timedelta(hours=24), (due_at - at) / 2)
