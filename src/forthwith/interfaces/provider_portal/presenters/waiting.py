"""What the plan asked of the office and has no answer to yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from forthwith.apps.authorizations import queries
from forthwith.domain.words import State
from forthwith.interfaces.provider_portal.presenters.rows import full_name
from forthwith.interfaces.web.presenting import dates

WAITING_STATES = (State.INFORMATION_REQUESTED, State.SENT_BACK)
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Wait:
    """One alert of the home page."""

    title: str
    text: str
    reply_by: str
    href: str
    number: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as the page of the request shows it."""

    title: str
    meta: str
    message: str
    questions: tuple[str, ...]
    reply_by: str
    clock_note: str


def waiting(actor: Any, *, at: datetime) -> list[Wait]:
    """The requests that wait for the office, soonest due first."""
    rows = queries.visible_to(actor).filter(state__in=WAITING_STATES)
    rows = queries.by_due(rows).select_related("plan", "member").prefetch_related("information_requests")
    return [_wait(one, at=at) for one in rows[:SHOWN]]


def open_question(authorization: Any) -> Any | None:
    """The request for information that has no answer, or None."""
    return next((one for one in authorization.information_requests.all() if one.answered_at is None), None)


def _wait(authorization: Any, *, at: datetime) -> Wait:
    asked = open_question(authorization)
    word = "Sent back" if authorization.state == State.SENT_BACK else "Information requested"
    reply_by = asked.reply_by if asked else None
    return Wait(
        title=f"{word}: {authorization.title} for {full_name(authorization.member)}",
        text=(asked.message or " ".join(_words(one) for one in asked.questions)) if asked else "",
        reply_by=dates.long_moment(reply_by, authorization.plan.zone, now=at) if reply_by else "",
        href=reverse("provider_portal:answer", args=[authorization.number]),
        number=authorization.number,
    )


def question(authorization: Any, asked: Any, *, at: datetime) -> Question:
    """What is asked in words, and what it means for the clock."""
    zone = authorization.plan.zone
    sent_back = asked.kind == "send_back"
    return Question(
        title="The plan sent this request back to you" if sent_back else "The reviewer asks for information",
        meta=f"{asked.asked_by_name}, {dates.nearby(asked.asked_at, zone, now=at)}",
        message=asked.message,
        questions=tuple(_words(one) for one in asked.questions),
        reply_by=dates.long_moment(asked.reply_by, zone, now=at) if asked.reply_by else "",
        clock_note="A reviewer then decides on what is on file.",
    )


def _words(one: Any) -> str:
    return str(one.get("wording") or one.get("text") or one.get("key", "")) if isinstance(one, dict) else str(one)
