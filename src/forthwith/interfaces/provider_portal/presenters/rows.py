"""A request as one row of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from forthwith.interfaces.web.presenting import dates
from forthwith.interfaces.web.presenting.clock import Clock, draw_row


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of one request."""

    href: str
    member: str
    title: str
    number: str
    status: str
    authorization_number: str
    clock: Clock | None
    when: str


def full_name(person: Any) -> str:
    """`Marigold Fenwick-Sample`"""
    return f"{person.first_name} {person.last_name}".strip()


def numbers_of(lines: Iterable[Any]) -> str:
    """The authorization numbers of approved lines, each once, in order."""
    return ", ".join(dict.fromkeys(line.authorization_number for line in lines if line.authorization_number))


def due_of(authorization: Any) -> datetime | None:
    """When an answer is or was due: the earliest of the lines once nothing is open any more."""
    known: datetime | None = authorization.due_at
    return known or min((line.due_at for line in authorization.lines.all() if line.due_at), default=None)


def row(authorization: Any, *, at: datetime) -> Row:
    """The row; member, plan and lines are read with the list."""
    zone = authorization.plan.zone
    ended_at = authorization.decided_at or authorization.withdrawn_at
    verb = "decided" if authorization.decided_at else "withdrawn" if authorization.withdrawn_at else "received"
    return Row(
        href=reverse("provider_portal:authorization", args=[authorization.number]),
        member=full_name(authorization.member),
        title=authorization.title,
        number=authorization.number,
        status=authorization.status,
        authorization_number=numbers_of(authorization.lines.all()),
        clock=draw_row(authorization, due_at=due_of(authorization), zone=zone, at=at),
        when=f"{verb} {_on(ended_at or authorization.received_at, zone, at)}",
    )


def _on(happened_at: datetime, zone: str, at: datetime) -> str:
    on, today = dates.local_date(happened_at, zone), dates.local_date(at, zone)
    return "today" if on == today else dates.day(on)
