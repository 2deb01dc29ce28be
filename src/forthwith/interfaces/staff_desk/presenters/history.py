"""What happened to a request, as the desk reads it: every event, newest first, with who did it and what they wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    parts = [f"Line {one.line.sequence}: {_outcome(one.outcome)}." for one in sorted(advised, key=lambda r: r.line.sequence)]  # fmt: skip
    parts += [f"Line {line['sequence']}: {_outcome(line['outcome'])}." for line in facts.get("lines", ()) if isinstance(line, dict)]  # fmt: skip
    parts += [str(one) for one in facts.get("questions", ())]
    parts += [str(facts[key]) for key in ("message", "note", "answer", "words", "name") if facts.get(key)]
    if facts.get("recipient"):
        parts.append(f"{str(facts['recipient']).capitalize()}, by {facts.get('means', '')}.")
    return " ".join(parts)


def _outcome(outcome: str) -> str:
    return OUTCOME_WORDS.get(outcome, outcome)
