"""What is asked, as every door says it: one value in, whatever the channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from forthwith.domain.words import Channel, Timing, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAsked:
    """Who the request is about: member number, checked against birth date and last name where given."""

    number: str
    birth_on: date | None = None
    last_name: str = ""
    payer_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAsked:
    """One service asked for. Named by our own key, or by a code that the tenant maps."""

    sequence: int
    service: str = ""
    system: str = ""
    code: str = ""
    units: Decimal = Decimal(1)
    from_on: date | None = None
    to_on: date | None = None
    place: str = ""
    side: str = ""
    rendering_npi: str = ""
    facility_npi: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for authorization. `answers` are raw, by package key then question key; key "" serves all."""

    channel: Channel
    key: str
    digest: str
    member: MemberAsked
    requester_npi: str
    practitioner_npi: str = ""
    diagnoses: tuple[str, ...] = ()
    urgency: Urgency = Urgency.STANDARD
    timing: Timing = Timing.PRE_SERVICE
    attested_by: str = ""
    clinical_reason: str = ""
    lines: tuple[LineAsked, ...] = ()
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    external: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a request: `code` for machines, `where` it stands, `text` for people."""

    code: str
    where: str
    text: str


class AskRefused(Exception):
    """The request can't be taken as it is."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(" ".join(problem.text for problem in problems))


class KeyReused(Exception):
    """This key was used before for another request. Send the new request under a new key."""


class Stale(Exception):
    """Somebody changed this in the meantime. Look at it as it is now, then try again."""


class NotFound(Exception):
    """There is no such request."""
