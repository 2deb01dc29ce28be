"""What we answer, as values: outcome, a review action for each line, notes, questions, rejections.

Codes are strings given by the caller (X12 306 review actions A1, A2, A3, A4, A6, C, CT, NA; 901 reject reasons;
LOINC document codes). Dates are calendar days of the plan; `created` is an aware instant.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from forthwith.formats.fhir.pas.values import Coding, Identifier, Period


class Authorized(msgspec.Struct, frozen=True):
    """What is authorized instead of what was asked (an addItem): service, quantity, days."""

    services: tuple[Coding, ...]
    quantity: Decimal | None = None
    unit: str = ""
    modifiers: tuple[Coding, ...] = ()
    period: Period = Period()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one item; `sequence` is the item's, for ever. `action` is an X12 306 code."""

    sequence: int
    action: str
    number: str = ""
    reference_number: str = ""
    reasons: tuple[str, ...] = ()
    issued_on: date | None = None
    period: Period = Period()
    requested: Period = Period()
    notes: tuple[int, ...] = ()
    traces: tuple[Identifier, ...] = ()
    authorized: Authorized | None = None


class Note(msgspec.Struct, frozen=True):
    """A text that lines point to by number."""

    number: int
    text: str


class Reviewer(msgspec.Struct, frozen=True):
    """Whether a person reviewed the request, and who (NPI, specialty codes with their system)."""

    human: bool
    npi: str = ""
    specialty: Coding | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Information that is asked for: one CommunicationRequest. `documents` are LOINC codes; `text` is in words."""

    key: str
    control_number: str
    lines: tuple[int, ...] = ()
    documents: tuple[str, ...] = ()
    text: str = ""


class Rejection(msgspec.Struct, frozen=True):
    """A business error: X12 901 code, X12 889 follow-up (C or N), FHIRPath of the cause, number of its note."""

    code: str
    follow_up: str = ""
    path: str = ""
    note: int = 0


class PasAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One ClaimResponse. `key` is a UUID (its id and urn:uuid fullUrl); `outcome` is complete, partial or error.

    `member`, `payer` and `claim` stand in for the request's resources when it is not at hand.
    """

    key: str
    created: datetime
    outcome: str
    identifiers: tuple[Identifier, ...] = ()
    claim_type: str = "professional"
    disposition: str = ""
    authorization_number: str = ""
    period: Period = Period()
    lines: tuple[Line, ...] = ()
    notes: tuple[Note, ...] = ()
    reviewer: Reviewer | None = None
    asked: tuple[Asked, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    member: Identifier | None = None
    payer: Identifier | None = None
    claim: Identifier | None = None
    bundle: Identifier | None = None
