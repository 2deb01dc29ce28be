"""What a PAS request says, as plain values: who asks what for whom, with which support.

Read by `reading`; no FHIR shape is left here except the entries that an answer echoes. Dates are calendar days as
sent; `timestamp` is an aware instant. Texts are as sent; an absent text is "".
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from forthwith.formats.fhir.pas import urls
from forthwith.formats.fhir.problems import Issue
from forthwith.formats.fhir.references import Entry


class Identifier(msgspec.Struct, frozen=True):
    """A business identifier; `type` is the code of its type (MB, PI, payerid ...)."""

    value: str
    system: str = ""
    type: str = ""


class Coding(msgspec.Struct, frozen=True):
    """A code in its system. Displays are not kept: some may not be passed on."""

    code: str
    system: str = ""


class Period(msgspec.Struct, frozen=True):
    """Calendar days, both included; None is open."""

    start: date | None = None
    end: date | None = None


class Quantity(msgspec.Struct, frozen=True):
    """A number of `unit` (a human word) or `code` (in `system`)."""

    value: Decimal
    unit: str = ""
    code: str = ""
    system: str = ""


class Organization(msgspec.Struct, frozen=True):
    """A payer, practice or facility."""

    reference: str
    name: str = ""
    identifiers: tuple[Identifier, ...] = ()

    @property
    def npi(self) -> str:
        """The National Provider Identifier as sent, or ""."""
        return _value_in(self.identifiers, urls.NPI)

    @property
    def tin(self) -> str:
        """The tax identification number as sent, or ""."""
        return _value_in(self.identifiers, urls.TIN) or _value_in(self.identifiers, urls.TIN_OID)


class Practitioner(msgspec.Struct, frozen=True):
    """A person who orders or renders care."""

    reference: str
    family: str = ""
    given: str = ""
    identifiers: tuple[Identifier, ...] = ()

    @property
    def npi(self) -> str:
        """The National Provider Identifier as sent, or ""."""
        return _value_in(self.identifiers, urls.NPI)


class Provider(msgspec.Struct, frozen=True):
    """Who stands behind a reference to a provider: an organization, a practitioner, or a role that names both."""

    reference: str
    organization: Organization | None = None
    practitioner: Practitioner | None = None
    specialties: tuple[Coding, ...] = ()

    @property
    def npi(self) -> str:
        """The practitioner's NPI, else the organization's, else ""."""
        return (self.practitioner.npi if self.practitioner else "") or (
            self.organization.npi if self.organization else ""
        )


class Member(msgspec.Struct, frozen=True):
    """The patient."""

    reference: str
    identifiers: tuple[Identifier, ...] = ()
    family: str = ""
    given: tuple[str, ...] = ()
    born_on: date | None = None
    gender: str = ""


class Coverage(msgspec.Struct, frozen=True):
    """The coverage that the request is made under."""

    reference: str
    identifiers: tuple[Identifier, ...] = ()
    subscriber_id: str = ""
    relationship: tuple[Coding, ...] = ()
    period: Period = Period()
    payors: tuple[Organization, ...] = ()


class CareTeamMember(msgspec.Struct, frozen=True):
    """A provider of the whole request (`whole`) or of the lines that point to `sequence`."""

    sequence: int
    provider: Provider
    whole: bool = True
    role: tuple[Coding, ...] = ()


class Diagnosis(msgspec.Struct, frozen=True):
    """A diagnosis with its ICD-10-CM (or other) codings."""

    sequence: int
    codings: tuple[Coding, ...]
    types: tuple[Coding, ...] = ()
    recorded_on: date | None = None


class Order(msgspec.Struct, frozen=True):
    """The order behind a line: kind is its resource type."""

    kind: str
    reference: str
    codings: tuple[Coding, ...] = ()
    quantity: Quantity | None = None


class Item(msgspec.Struct, frozen=True):
    """One line that is asked for."""

    sequence: int
    services: tuple[Coding, ...]
    request_type: str = ""
    certification_type: str = ""
    category: tuple[Coding, ...] = ()
    modifiers: tuple[Coding, ...] = ()
    quantity: Quantity | None = None
    serviced: Period = Period()
    places: tuple[Coding, ...] = ()
    body_sites: tuple[Coding, ...] = ()
    diagnoses: tuple[int, ...] = ()
    care_team: tuple[int, ...] = ()
    information: tuple[int, ...] = ()
    traces: tuple[Identifier, ...] = ()
    authorization_number: str = ""
    reference_number: str = ""
    order: Order | None = None
    change: str = ""
    cancelled: bool = False


Answered = bool | int | Decimal | date | str | Coding | Quantity


class Answers(msgspec.Struct, frozen=True):
    """One QuestionnaireResponse, flat: linkId to the values given; `questionnaire` is its canonical."""

    reference: str
    questionnaire: str
    status: str
    values: dict[str, tuple[Answered, ...]]
    expression: str = ""


class Document(msgspec.Struct, frozen=True):
    """A document sent inline with the request."""

    reference: str
    content: bytes
    content_type: str = ""
    title: str = ""
    types: tuple[Coding, ...] = ()
    control_number: str = ""


class Information(msgspec.Struct, frozen=True):
    """One supportingInfo: its category code and what it carries."""

    sequence: int
    category: str
    when: Period = Period()
    message: str = ""
    answers: Answers | None = None
    documents: tuple[Document, ...] = ()
    resource: str = ""


class PasRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request Bundle, read."""

    bundle: Identifier
    timestamp: datetime
    claim: str
    claim_id: str
    claim_identifiers: tuple[Identifier, ...]
    claim_type: str
    created_on: date
    member: Member
    coverage: Coverage
    insurer: Organization
    provider: Provider
    care_team: tuple[CareTeamMember, ...]
    diagnoses: tuple[Diagnosis, ...]
    items: tuple[Item, ...]
    information: tuple[Information, ...]
    level_of_service: str
    priority: str
    certification_type: str
    prior: str
    prior_identifiers: tuple[Identifier, ...]
    sender: str
    receiver: str
    warnings: tuple[Issue, ...]
    echoed: tuple[Entry, ...]

    @property
    def urgent(self) -> bool:
        """An expedited decision is asked for: level of service U or 03, or priority stat (PAS 2.2.1, UM06)."""
        return self.level_of_service in ("U", "03") or self.priority == "stat"

    @property
    def is_update(self) -> bool:
        """The Claim replaces a prior one."""
        return bool(self.prior)

    @property
    def is_cancel(self) -> bool:
        """The whole request is taken back: certification type 3 on the Claim, or every line of it cancelled."""
        every_line = bool(self.items) and all(item.cancelled for item in self.items)
        return self.certification_type == "3" or every_line

    @property
    def answers(self) -> tuple[Answers, ...]:
        """All questionnaire responses, in order of their sequence."""
        return tuple(part.answers for part in self.information if part.answers is not None)

    @property
    def documents(self) -> tuple[Document, ...]:
        """All inline documents, in order of their sequence."""
        return tuple(document for part in self.information for document in part.documents)


def _value_in(identifiers: tuple[Identifier, ...], system: str) -> str:
    return next((each.value for each in identifiers if each.system == system), "")
