"""The words people see for a request and for a line, each with its tone and its glyph.

The words are fixed; a word that is not listed here is a mistake and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from forthwith.domain.words import Outcome, Requirement


@dataclass(frozen=True, slots=True)
class Status:
    """A word, the tone that colours it and the icon before it."""

    word: str
    tone: str
    icon: str
    tag: bool = False  # Withdrawn is a tag of its own, never a status


def _all(*statuses: Status) -> dict[str, Status]:
    return {status.word: status for status in statuses}


STATUSES = _all(
    Status("Draft", "calm", "pencil"),
    Status("Received", "calm", "inbox"),
    Status("In Review", "review", "circle-dot"),
    Status("Send back", "pend", "undo-2"),
    Status("Approved", "approve", "circle-check"),
    Status("Partially Approved", "partial", "contrast"),
    Status("Denied", "deny", "circle-x"),
    Status("Submission not required", "calm", "circle-minus"),
    Status("Withdrawn", "calm", "circle-slash", tag=True),
)

# What else a line or a desk may say. These are never the status of a request in the portal.
MARKS = _all(
    Status("Not decided yet", "calm", "circle-dashed"),
    Status("Contact the plan", "pend", "phone"),
    Status("Information requested", "pend", "circle-question-mark"),
    Status("With medical director", "review", "stethoscope"),
    Status("Due soon", "pend", "clock"),
    Status("Required", "review", "shield-check"),
    Status("Not required", "calm", "circle-minus"),
    Status("Not covered", "deny", "circle-x"),
    Status("Another organization decides", "pend", "building-2"),
    Status("Active", "approve", "circle-check"),
    Status("Ended", "calm", "circle-minus"),
    Status("Not started", "calm", "clock"),
    Status("Met", "approve", "check"),
    Status("Not met", "deny", "x"),
    Status("Unknown", "pend", "circle-question-mark"),
)

OUTCOME_WORDS: dict[str, str] = {
    Outcome.PENDED: "Not decided yet",
    Outcome.CERTIFIED: "Approved",
    Outcome.MODIFIED: "Partially Approved",
    Outcome.NOT_CERTIFIED: "Denied",
    Outcome.NOT_REQUIRED: "Submission not required",
    Outcome.CANCELLED: "Withdrawn",
    Outcome.CONTACT_PAYER: "Contact the plan",
}

NEED_WORDS: dict[str, str] = {
    Requirement.REQUIRED: "Required",
    Requirement.NOT_REQUIRED: "Not required",
    Requirement.NOT_COVERED: "Not covered",
    Requirement.OTHER_OWNER: "Another organization decides",
}


def status_for(word: str) -> Status:
    """The status with this word. KeyError names a word that nobody has drawn."""
    return STATUSES.get(word) or MARKS[word]


def status_of_outcome(outcome: str) -> Status:
    """How a line's outcome reads."""
    return status_for(OUTCOME_WORDS[outcome])


def status_of_need(kind: str) -> Status:
    """How an answer to "is authorization needed?" reads."""
    return status_for(NEED_WORDS[kind])
