"""What happened to a request, as the office reads it: newest first, without the desk's internal steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from forthwith.domain.words import Status
from forthwith.interfaces.web.presenting.timeline import Step, step

# verb: glyph, title, sentence
WORDS: Mapping[str, tuple[str, str, str]] = {
    "submitted": ("received", "Received", "Submitted by {actor}. Reference {number} given at once."),
    "approved_by_rule": ("approved", "Decided at once", "By the plan’s rules: {criteria}."),
    "lines_approved_by_rule": ("approved", "Approved in part at once", "By the plan’s rules. The rest goes to a reviewer."),
    "taken": ("taken", "In Review", "A reviewer opened it."),
    "information_asked": ("asked", "Information requested", "A question for you. Your answer goes straight to the reviewer."),
    "sent_back": ("asked", "Sent back to you", "The plan asked for something that is missing."),
    "information_received": ("answered", "You answered", "Answered by {actor}. The reviewer reads it next."),
    "returned_to_review": ("taken", "Back in review", "No answer came in time. A reviewer decides on what is on file."),
    "extended": ("extended", "More time taken", "The plan extended its time to answer and wrote to you why."),
    "notified": ("letter", "You were told", "The decision reached everybody who must have it."),
    "withdrawn": ("withdrawn", "Withdrawn", "Taken back by {actor}."),
    "attached": ("attached", "Document added", "By {actor}."),
    "file_refused": ("other", "Document refused", "The check of new files found it unsafe or damaged. Nobody can open it."),
}  # fmt: skip
DECIDED: Mapping[str, str] = {
    Status.APPROVED: "approved",
    Status.PARTIALLY_APPROVED: "partial",
    Status.DENIED: "denied",
    Status.NOT_REQUIRED: "not_required",
}


def history(
    events: Iterable[Any], authorization: Any, determinations: Mapping[Any, Any], *, now: datetime
) -> list[Step]:
    """The steps of the request, newest first."""
    shown = [_step(event, authorization, determinations, now) for event in events]
    return [one for one in reversed(shown) if one is not None]


def _step(event: Any, authorization: Any, determinations: Mapping[Any, Any], now: datetime) -> Step | None:
    zone = authorization.plan.zone
    if event.verb == "decided":
        return step(
            DECIDED.get(authorization.status, "approved"), authorization.status, _deciders(determinations),
            happened_at=event.at, zone=zone, now=now,
        )  # fmt: skip
    if event.verb not in WORDS:
        return None
    kind, title, text = WORDS[event.verb]
    if event.verb == "approved_by_rule":
        kind, title = DECIDED.get(authorization.status, "approved"), str(authorization.status)
    words = text.format(actor=event.actor_name, number=authorization.number, criteria=_by_rule(authorization))
    return step(kind, title, words, happened_at=event.at, zone=zone, now=now)


def _by_rule(authorization: Any) -> str:
    if authorization.status == Status.NOT_REQUIRED:
        return "no authorization is needed"
    return "all criteria are met"


def _deciders(determinations: Mapping[Any, Any]) -> str:
    """`By Ottoline Marsh-Sample, MD, orthopedic surgery. ` Every person who decided, once."""
    people = dict.fromkeys(
        ", ".join(text for text in (one.reviewer_name, one.reviewer_title) if text)
        for one in determinations.values()
        if one.reviewer_id
    )
    return f"By {'; '.join(people)}." if people else "By the plan’s rules."
