"""What a notice is made of: plain facts, gathered by whoever owes it.

Instants are aware and are shown in the plan's zone; dates are the plan's calendar days.
No wording, no lookup: a fact that a notice needs and nobody gave is refused by `compose`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from ..words import Basis, LineOfBusiness, Outcome, Urgency
from .rights import Rights


class NoticeKind(StrEnum):
    """Which notice. A determination is approval, partial approval, denial or not required."""

    RECEIPT = "receipt"
    APPROVAL = "approval"
    PARTIAL_APPROVAL = "partial_approval"
    DENIAL = "denial"
    NOT_REQUIRED = "not_required"
    INFORMATION = "request_for_information"
    EXTENSION = "extension"
    WITHDRAWAL = "withdrawal"


class Audience(StrEnum):
    """Whom the copy is for: both say the same, in different persons."""

    PROVIDER = "provider"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLine:
    """Somebody outside the plan whom a member may turn to."""

    name: str
    phone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageHelp:
    """One sentence of the notice of availability (45 CFR 92.11), with its language tag."""

    language: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The tenant on paper: whose notice it is, and how to reach it."""

    name: str
    address: tuple[str, ...]
    phone: str
    appeal_phone: str
    appeal_fax: str
    appeal_address: tuple[str, ...]
    department: str = "Utilization Management"
    tty: str = "711"
    hours: str = ""
    portal: str = ""
    peer_to_peer_phone: str = ""
    help_lines: tuple[HelpLine, ...] = ()
    languages: tuple[LanguageHelp, ...] = ()
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The plan that decides. `zone` is an IANA name."""

    name: str
    line_of_business: LineOfBusiness
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Where the copy goes. `greeting` is the name as one would write it to them."""

    name: str
    address: tuple[str, ...] = ()
    greeting: str = ""
    audience: Audience = Audience.PROVIDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Whose care it is."""

    name: str
    number: str
    born_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked, by its numbers and moments."""

    reference: str
    received_at: datetime
    urgency: Urgency = Urgency.STANDARD
    due_at: datetime | None = None
    authorization_number: str = ""
    requester: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service: asked and, once decided, approved. `key` is shown to people, such as SVC-ESI-TF1."""

    key: str
    title: str
    asked: int
    outcome: Outcome = Outcome.PENDED
    approved: int = 0
    unit: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why lines were not approved as asked: the decider's own words, verbatim."""

    words: str
    basis: Basis
    lines: tuple[str, ...] = ()
    would_change: str = ""  # a line for each thing; each becomes a point of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a decision rests on: kind `NCD`, `LCD`, `plan`, …, its id, title and address."""

    kind: str
    id: str
    title: str = ""
    url: str = ""

    @property
    def label(self) -> str:
        """As people cite it: CMS LCD L33906."""
        prefix = f"CMS {self.kind} " if self.kind in ("NCD", "LCD", "LCA") else ""
        return f"{prefix}{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who decided: a person with a specialty, or None in the facts where the plan's published rules approved."""

    name: str
    specialty: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerToPeer:
    """A call between physicians. Under Medicare Advantage it explains and never changes a decision."""

    phone: str
    can_change: bool = False
    until_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is asked for."""

    words: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """All that one copy of one notice may say."""

    letterhead: Letterhead
    plan: Plan
    recipient: Recipient
    member: Member
    request: Request
    issued_at: datetime
    lines: tuple[Line, ...] = ()
    reasons: tuple[Reason, ...] = ()
    citations: tuple[Citation, ...] = ()
    decider: Decider | None = None
    rights: Rights | None = None
    appeal_by: date | None = None
    peer_to_peer: PeerToPeer | None = None
    asked: tuple[Question, ...] = ()
    reply_by: datetime | None = None
    sent_back: bool = False
    why: str = ""  # of an extension or a withdrawal, verbatim
    language: str = field(default="en-US")
