"""Who may do what: permissions and roles as data.

Code asks for a permission, never for a role. A permission is NOUN_VERB.
Navigation, buttons, forms and API answers are read from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What an actor may do."""

    MEMBER_FIND = "member_find"
    REQUEST_DRAFT = "request_draft"
    REQUEST_SUBMIT = "request_submit"
    REQUEST_READ = "request_read"
    REQUEST_WITHDRAW = "request_withdraw"
    INFORMATION_ANSWER = "information_answer"
    LETTER_READ = "letter_read"
    WORKLIST_READ = "worklist_read"
    CASE_TAKE = "case_take"
    INFORMATION_ASK = "information_ask"
    RECOMMENDATION_MAKE = "recommendation_make"
    APPROVAL_MAKE = "approval_make"
    DETERMINATION_MAKE = "determination_make"
    ADMINISTRATIVE_DENIAL_MAKE = "administrative_denial_make"
    EXTENSION_TAKE = "extension_take"
    NOTICE_RECORD = "notice_record"
    RULE_APPLY = "rule_apply"
    AUDIT_READ = "audit_read"


class Side(StrEnum):
    """On which side of the counter a role stands."""

    PROVIDER = "provider"
    STAFF = "staff"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A named bundle of permissions."""

    key: str
    title: str
    side: Side
    permissions: frozenset[Permission]


def _role(key: str, title: str, side: Side, *permissions: Permission) -> Role:
    return Role(key=key, title=title, side=side, permissions=frozenset(permissions))


P = Permission
_OFFICE = (
    P.MEMBER_FIND, P.REQUEST_DRAFT, P.REQUEST_SUBMIT, P.REQUEST_READ,
    P.REQUEST_WITHDRAW, P.INFORMATION_ANSWER, P.LETTER_READ,
)  # fmt: skip
_DESK = (P.MEMBER_FIND, P.REQUEST_READ, P.LETTER_READ, P.WORKLIST_READ)

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        _role("clinician", "Clinician", Side.PROVIDER, *_OFFICE),
        _role("coordinator", "Prior authorization coordinator", Side.PROVIDER, *_OFFICE),
        _role("practice_manager", "Practice manager", Side.PROVIDER, *_OFFICE),
        _role("biller", "Biller", Side.PROVIDER, P.MEMBER_FIND, P.REQUEST_READ, P.LETTER_READ),
        _role("intake", "Intake coordinator", Side.STAFF, *_DESK, P.REQUEST_SUBMIT, P.CASE_TAKE, P.INFORMATION_ASK, P.NOTICE_RECORD),
        _role("nurse", "Nurse reviewer", Side.STAFF, *_DESK, P.CASE_TAKE, P.INFORMATION_ASK, P.RECOMMENDATION_MAKE, P.APPROVAL_MAKE, P.EXTENSION_TAKE, P.NOTICE_RECORD),
        _role("pharmacist", "Pharmacist reviewer", Side.STAFF, *_DESK, P.CASE_TAKE, P.INFORMATION_ASK, P.RECOMMENDATION_MAKE, P.APPROVAL_MAKE, P.EXTENSION_TAKE),
        _role("physician", "Medical director", Side.STAFF, *_DESK, P.CASE_TAKE, P.INFORMATION_ASK, P.RECOMMENDATION_MAKE, P.APPROVAL_MAKE, P.DETERMINATION_MAKE, P.ADMINISTRATIVE_DENIAL_MAKE, P.EXTENSION_TAKE, P.NOTICE_RECORD),
        _role("appeals", "Appeals coordinator", Side.STAFF, *_DESK),
        _role("supervisor", "Utilization management supervisor", Side.STAFF, *_DESK, P.CASE_TAKE, P.INFORMATION_ASK, P.ADMINISTRATIVE_DENIAL_MAKE, P.APPROVAL_MAKE, P.EXTENSION_TAKE, P.NOTICE_RECORD, P.AUDIT_READ),
        _role("auditor", "Compliance auditor", Side.STAFF, P.REQUEST_READ, P.LETTER_READ, P.AUDIT_READ),
        _role("ehr", "Connected system", Side.MACHINE, P.MEMBER_FIND, P.REQUEST_SUBMIT, P.REQUEST_READ, P.REQUEST_WITHDRAW, P.INFORMATION_ANSWER, P.LETTER_READ),
        _role("rules", "Rules of the plan", Side.MACHINE, P.RULE_APPLY, P.NOTICE_RECORD),
    )
}  # fmt: skip


def permissions_of(roles: list[str]) -> frozenset[Permission]:
    """All permissions of these roles together; an unknown role gives none."""
    granted: frozenset[Permission] = frozenset()
    for key in roles:
        if key in ROLES:
            granted |= ROLES[key].permissions
    return granted
