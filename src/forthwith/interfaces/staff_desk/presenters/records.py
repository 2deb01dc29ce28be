"""Every request of the plan as a list, open or decided, for whoever looks one up or audits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from forthwith.domain.words import Status
from forthwith.interfaces.staff_desk.presenters.filters import Link
from forthwith.interfaces.staff_desk.presenters.rows import full_name
from forthwith.interfaces.web.presenting import dates
from forthwith.interfaces.web.presenting.clock import Clock, draw_row

WORDS = {
    "received": Status.RECEIVED, "in-review": Status.IN_REVIEW, "send-back": Status.SEND_BACK,
    "approved": Status.APPROVED, "partial": Status.PARTIALLY_APPROVED, "denied": Status.DENIED,
    "not-required": Status.NOT_REQUIRED, "withdrawn": Status.WITHDRAWN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """What the list shows of one request."""

    href: str
    number: str
    title: str
    member: str
    practice: str
    status: str
    authorization_numbers: str
    clock: Clock | None
    received: str


def record(row: Any, *, at: datetime) -> Record:
    """The row; plan, member, organization and lines are read with the list."""
    zone, lines = row.plan.zone, list(row.lines.all())
    due_at = row.due_at or min((line.due_at for line in lines if line.due_at), default=None)
    numbers = dict.fromkeys(line.authorization_number for line in lines if line.authorization_number)
    return Record(
        href=reverse("staff_desk:case", args=[row.number]), number=row.number, title=row.title,
        member=full_name(row.member), practice=row.organization.name, status=row.status,
        authorization_numbers=", ".join(numbers), clock=draw_row(row, due_at=due_at, zone=zone, at=at),
        received=dates.nearby(row.received_at, zone, now=at),
    )  # fmt: skip


def links(current: str) -> list[Link]:
    """The statuses to look at; anything unknown is all."""
    address = reverse("staff_desk:requests")
    narrowed = [
        Link(str(word), f"{address}?{urlencode({'status': key})}", key == current) for key, word in WORDS.items()
    ]
    return [Link("All", address, current not in WORDS), *narrowed]


def seal_words(seal: Any | None, *, zone: str, at: datetime) -> str:
    """How far the chain of the record is sealed."""
    if seal is None:
        return "Nothing is sealed yet. Sealing follows within seconds of the first event."
    return (
        f"Sealed up to seal {seal.number}, {dates.nearby(seal.sealed_at, zone, now=at)} {dates.zone_letters(zone, at)}."
    )
