"""The words of the house: one name for each thing that a rule speaks about.

Values live in the database and on the wire; they never change. What people
read is in `Status` (exactly the words that the portals promise) and `TITLES`.
"""

from __future__ import annotations

from enum import StrEnum


class LineOfBusiness(StrEnum):
    """Which law governs a plan."""

    MEDICARE_ADVANTAGE = "medicare_advantage"
    MEDICAID = "medicaid"
    COMMERCIAL = "commercial"


class ItemClass(StrEnum):
    """What a line asks for, as far as clocks care."""

    SERVICE = "service"
    PART_B_DRUG = "part_b_drug"
    OUTPATIENT_DRUG = "outpatient_drug"
    INPATIENT = "inpatient"


class Urgency(StrEnum):
    """How soon an answer is needed (42 CFR 422.570: expedited when waiting could seriously jeopardize)."""

    STANDARD = "standard"
    EXPEDITED = "expedited"


class Timing(StrEnum):
    """When the request comes, seen from the care."""

    PRE_SERVICE = "pre_service"
    CONCURRENT = "concurrent"
    POST_SERVICE = "post_service"


class Channel(StrEnum):
    """The door through which a request came."""

    PORTAL = "portal"
    FHIR = "fhir"
    X12 = "x12"
    PHONE = "phone"
    FAX = "fax"


class State(StrEnum):
    """Where a request stands. `NONE` is before submission; a draft is a document, not a state."""

    NONE = "none"
    RECEIVED = "received"
    IN_REVIEW = "in_review"
    INFORMATION_REQUESTED = "information_requested"
    SENT_BACK = "sent_back"
    DECIDED = "decided"
    NOTIFIED = "notified"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What became of one line (domain of HCR01: A4, A1, A6, A3, NA, C, CT)."""

    PENDED = "pended"
    CERTIFIED = "certified"
    MODIFIED = "modified"
    NOT_CERTIFIED = "not_certified"
    NOT_REQUIRED = "not_required"
    CANCELLED = "cancelled"
    CONTACT_PAYER = "contact_payer"


class Status(StrEnum):
    """What people see, in exactly these words."""

    DRAFT = "Draft"
    RECEIVED = "Received"
    IN_REVIEW = "In Review"
    SEND_BACK = "Send back"
    APPROVED = "Approved"
    PARTIALLY_APPROVED = "Partially Approved"
    DENIED = "Denied"
    NOT_REQUIRED = "Submission not required"
    WITHDRAWN = "Withdrawn"


class Basis(StrEnum):
    """On what ground a line was decided."""

    RULE = "rule"
    CLINICAL = "clinical"
    ADMINISTRATIVE = "administrative"


class Requirement(StrEnum):
    """Is authorization needed? An answer is information and never blocks asking."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    NOT_COVERED = "not_covered"
    OTHER_OWNER = "other_owner"
