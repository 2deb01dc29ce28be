"""What each notice must contain, as one table, so that a notice that lacks something cannot be written.

Sources: 42 CFR 422.568(e), 422.572(e) and CMS-10003 (Medicare Advantage), 42 CFR 438.404 (Medicaid),
29 CFR 2560.503-1(g) and 45 CFR 147.136 (commercial), 45 CFR 92.10 and 92.11 (language help, non-discrimination).
"""

from __future__ import annotations

from enum import StrEnum

from ..words import LineOfBusiness
from .facts import NoticeKind


class Element(StrEnum):
    """One thing that a notice says."""

    DATE = "date"
    MEMBER_NAME = "member name"
    MEMBER_NUMBER = "member number"
    REFERENCE = "reference number"
    PLAN_CONTACT = "how to reach the plan"
    SERVICES = "services asked for"
    RECEIVED = "when the request was received"
    DUE = "by when the answer is due"
    NOT_AN_APPROVAL = "that this is not an approval"
    AUTHORIZATION_NUMBER = "authorization number"
    APPROVED = "units and dates approved"
    LIMITS = "what an approval does not promise"
    DECIDER = "who decided"
    DENIED = "what was not approved"
    REASON = "the specific reason"
    CITATION = "the criterion or plan provision"
    WOULD_CHANGE = "what would change the decision"
    CRITERIA_COPY = "free copy of the criteria"
    PEER_TO_PEER = "call with the deciding physician"
    ADMINISTRATIVE = "label of an administrative decision"
    APPEAL_BY = "date to appeal by"
    APPEAL_HOW = "how to appeal"
    APPEAL_EXPEDITED = "faster appeal"
    REPRESENTATIVE = "representative"
    FILE = "right to the case file"
    AFTERWARDS = "what follows an appeal"
    HEARING = "state fair hearing"
    CONTINUATION = "continuation of services"
    EXTERNAL_REVIEW = "external review"
    GOVERNMENT = "government help"
    HELP = "help lines"
    LANGUAGE_HELP = "free language help"
    NON_DISCRIMINATION = "non-discrimination"
    QUESTIONS = "what is asked for"
    REPLY_BY = "by when to reply"
    ON_SILENCE = "what happens without a reply"
    WHY = "why"
    GRIEVANCE = "right to complain about the delay"
    ASK_AGAIN = "how to ask again"


E = Element
_ALWAYS = frozenset(
    {
        E.DATE,
        E.MEMBER_NAME,
        E.MEMBER_NUMBER,
        E.REFERENCE,
        E.PLAN_CONTACT,
        E.SERVICES,
        E.LANGUAGE_HELP,
    }
)
_APPROVING = frozenset({E.AUTHORIZATION_NUMBER, E.APPROVED, E.LIMITS, E.DECIDER})
_ADVERSE = frozenset(
    {
        E.RECEIVED, E.DENIED, E.REASON, E.CITATION, E.DECIDER, E.CRITERIA_COPY, E.APPEAL_BY, E.APPEAL_HOW,
        E.APPEAL_EXPEDITED, E.REPRESENTATIVE, E.FILE, E.AFTERWARDS, E.HELP, E.NON_DISCRIMINATION,
    }
)  # fmt: skip
_BY_KIND: dict[NoticeKind, frozenset[Element]] = {
    NoticeKind.RECEIPT: frozenset({E.RECEIVED, E.DUE, E.NOT_AN_APPROVAL}),
    NoticeKind.APPROVAL: _APPROVING,
    NoticeKind.PARTIAL_APPROVAL: _APPROVING | _ADVERSE,
    NoticeKind.DENIAL: _ADVERSE,
    NoticeKind.NOT_REQUIRED: frozenset({E.RECEIVED, E.LIMITS}),
    NoticeKind.INFORMATION: frozenset({E.RECEIVED, E.QUESTIONS, E.REPLY_BY, E.ON_SILENCE, E.NOT_AN_APPROVAL}),
    NoticeKind.EXTENSION: frozenset({E.RECEIVED, E.WHY, E.DUE, E.GRIEVANCE}),
    NoticeKind.WITHDRAWAL: frozenset({E.RECEIVED, E.WHY, E.ASK_AGAIN}),
}
_BY_LAW: dict[LineOfBusiness, frozenset[Element]] = {
    LineOfBusiness.MEDICARE_ADVANTAGE: frozenset(),
    LineOfBusiness.MEDICAID: frozenset({E.HEARING, E.CONTINUATION}),
    LineOfBusiness.COMMERCIAL: frozenset({E.EXTERNAL_REVIEW, E.GOVERNMENT, E.WOULD_CHANGE}),
}
ADVERSE_KINDS = frozenset({NoticeKind.PARTIAL_APPROVAL, NoticeKind.DENIAL})


def required(kind: NoticeKind, line_of_business: LineOfBusiness, *, clinical: bool) -> frozenset[Element]:
    """What this notice must say; `clinical` where any adverse line was decided on clinical grounds."""
    elements = _ALWAYS | _BY_KIND[kind]
    if kind in ADVERSE_KINDS:
        elements |= _BY_LAW[line_of_business]
        elements |= {E.PEER_TO_PEER} if clinical else {E.ADMINISTRATIVE}
    return elements
