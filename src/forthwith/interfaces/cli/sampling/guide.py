"""The names in the published examples of Da Vinci PAS 2.2.1, made known to each sample tenant.

Payer, requester, clinician and member of the guide's request Bundles lead to a plan, the first practice with a
system, a clinician there, and a member of that name: the Bundles can be sent as they are, once a tenant maps the
codes that need a licence (docs/how-to/connect-a-system.md).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from . import names
from .documents import Document
from .members import since
from .providers import Providers

Row = dict[str, Any]
PAYER, REQUESTER, CLINICIAN, MEMBER = "1234567893", "8189991234", "1234567893", "1122334455"


def payers(tenant: Document) -> dict[str, str]:
    """The guide's payer as the tenant's first plan."""
    return {PAYER: tenant["plans"][0]["payer_id"]}


def providers(tenant: Document, around: Providers) -> dict[str, str]:
    """The guide's requester and clinician as a practice and somebody who works there."""
    practice = around.practices[tenant["key"]][0]
    return {REQUESTER: practice["npi"], CLINICIAN: around.working_at[practice["id"]][0]["npi"]}


def member(tenant: Document, today: date) -> tuple[Row, Row]:
    """The guide's subscriber, with a span of coverage by the first plan."""
    dice = names.chance("guide", tenant["key"])
    row = {
        "id": names.key("member", tenant["key"], "guide"), "tenant_id": names.key("tenant", tenant["key"]),
        "number": MEMBER, "first_name": "Joe", "last_name": "Smith", "birth_on": date(today.year - 69, 3, 2),
        "sex": "M", "address": names.address(dice, tenant["towns"], tenant["state"]),
        "phone": names.phone(dice, tenant["area_code"]), "language": "en",
    }  # fmt: skip
    span = {
        "id": names.key("coverage", row["id"]), "tenant_id": row["tenant_id"], "member_id": row["id"],
        "plan_id": names.key("plan", tenant["plans"][0]["key"]), "starts_on": since(0), "ends_on": None, "priority": 1,
    }  # fmt: skip
    return row, span
