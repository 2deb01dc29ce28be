"""What happened to a request, as the desk reads it: every event, newest first, with who did it and what they wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from forthwith.domain.words import Outcome
from forthwith.interfaces.web.presenting.status import OUTCOME_WORDS
from forthwith.interfaces.web.presenting.timeline import Step, step

# verb: glyph, title
WORDS: Mapping[str, tuple[str, str]] = {
    "submitted": ("received", "Received"),
    "approved_by_rule": ("approved", "Decided by the plan’s rules"),
    "lines_approved_by_rule": ("approved", "Approved in part by the plan’s rules"),
    "taken": ("taken", "Taken"),
    "released": ("other", "Given back to the worklist"),
    "information_asked": ("asked", "Information asked"),
    "sent_back": ("asked", "Sent back to the office"),
    "information_received": ("answered", "The office answered"),
    "returned_to_review": ("taken", "Back in review, no answer came"),
    "recommended": ("recommended", "Recommendation"),
    "extended": ("extended", "Time extended"),
    "line_decided": ("approved", "Line decided"),
    "decided": ("approved", "Decided"),
    "notice_given": ("letter", "Notice recorded"),
    "notified": ("letter", "Everybody was told"),
    "withdrawn": ("withdrawn", "Withdrawn"),
    "attached": ("attached", "Document added"),
    "file_refused": ("other", "Document refused: unsafe or damaged"),
}
ADVISED: Mapping[str, str] = {
    Outcome.CERTIFIED: "approval",
    Outcome.MODIFIED: "partial approval",
    Outcome.NOT_CERTIFIED: "denial",
}
OUTCOMES: Mapping[str, str] = {Outcome.MODIFIED: "partial", Outcome.NOT_CERTIFIED: "denied"}


def history(events: Iterable[Any], recommendations: Iterable[Any], *, zone: str, now: datetime) -> list[Step]:
    """The steps, newest first; recommendations add what was recommended for which line."""
    advised: dict[datetime, list[Any]] = {}
    for one in recommendations:
        advised.setdefault(one.at, []).append(one)
    steps = [_step(event, advised.get(event.at, []), zone, now) for event in events]
    return list(reversed(steps))


def _step(event: Any, advised: list[Any], zone: str, now: datetime) -> Step:
    glyph, title = WORDS.get(event.verb, ("other", event.verb.replace("_", " ").capitalize()))
    if event.verb in ("decided", "line_decided"):
        seen = {line["outcome"] for line in event.facts.get("lines", ())}
        glyph = next((OUTCOMES[one] for one in sorted(seen) if one in OUTCOMES), glyph)
    text = _text(event, advised if event.verb == "recommended" else [])
    return step(glyph, title, text, happened_at=event.at, zone=zone, now=now, by=event.actor_name)


def _text(event: Any, advised: list[Any]) -> str:
    facts = event.facts
    decided = [one for one in facts.get("lines", ()) if isinstance(one, dict) and one.get("outcome") != Outcome.PENDED]
    parts = [_advised(advised)] if advised else []
    parts += [f"Line {one['sequence']}: {OUTCOME_WORDS.get(one['outcome'], one['outcome'])}." for one in decided]
    parts += [str(one) for one in facts.get("questions", ())]
    parts += [str(facts[key]) for key in ("message", "note", "answer", "words", "name") if facts.get(key)]
    if facts.get("recipient"):
        parts.append(f"{str(facts['recipient']).capitalize()}, by {facts.get('means', '')}.")
    return " ".join(parts)


def advice(recommendations: Sequence[Any]) -> str:
    """The newest recommendation in words (rows newest first); empty where there is none."""
    if not recommendations:
        return ""
    newest = [one for one in recommendations if one.at == recommendations[0].at]
    return f"{newest[0].person_name}: {_advised(newest)} {newest[0].note}"


def _advised(rows: Sequence[Any]) -> str:
    in_order = sorted(rows, key=lambda one: one.line.sequence)
    return " ".join(f"Line {one.line.sequence}: {ADVISED.get(one.outcome, one.outcome)}." for one in in_order)
