"""Members with coverage: most of one plan and present; some ended, some future, some with two plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from . import names
from .documents import Document

Row = dict[str, Any]
A_TENANT = 400
ENDED, FUTURE, TWO_PLANS = 7, 8, 9  # by the last digit of the place, every 20th


@dataclass
class Members:
    """Rows of members and coverage; a tenant's own by its key, spans by member."""

    rows: list[Row] = field(default_factory=list)
    coverages: list[Row] = field(default_factory=list)
    of_tenant: dict[str, list[Row]] = field(default_factory=dict)
    spans: dict[Any, list[Row]] = field(default_factory=dict)


def make(tenants: list[Document], today: date) -> Members:
    """The members of all tenants."""
    made = Members()
    for tenant in tenants:
        rows = made.of_tenant[tenant["key"]] = [_member(tenant, number, today) for number in range(A_TENANT)]
        made.rows += rows
        for number, row in enumerate(rows):
            spans = made.spans[row["id"]] = _spans(tenant, row, number, today)
            made.coverages += spans
    return made


def plan_key(tenant: Document, number: int) -> str:
    """The key of a member's first plan, by the member's place: plans take turns."""
    return str(tenant["plans"][number % len(tenant["plans"])]["key"])


def _member(tenant: Document, number: int, today: date) -> Row:
    dice = names.chance("member", tenant["key"], number)
    sex = "F" if dice.random() < 0.53 else "M"
    plan = tenant["plans"][number % len(tenant["plans"])]
    youngest, oldest = (66, 91) if plan["line_of_business"] == "medicare_advantage" else (24, 63)
    first = dice.choice(names.FIRST_F if sex == "F" else names.FIRST_M)
    return {
        "id": names.key("member", tenant["key"], number), "tenant_id": names.key("tenant", tenant["key"]),
        "number": f"{plan['payer_id']}{100_000 + number * 37}", "first_name": first,
        "last_name": f"{dice.choice(names.LAST)}-{names.SURNAME_TAIL}",
        "birth_on": today.replace(day=1) - timedelta(days=dice.randint(youngest * 366, oldest * 365)), "sex": sex,
        "address": names.address(dice, tenant["towns"], tenant["state"]),
        "phone": names.phone(dice, tenant["area_code"]),
        "language": dice.choices(["en", "es", "vi"], [86, 12, 2])[0],
    }  # fmt: skip


def since(number: int) -> date:
    """When coverage began, by the member's place: long ago, so that published examples of old dates can be sent."""
    return date(2001 + number % 4, 1, 1)


def _spans(tenant: Document, member: Row, number: int, today: date) -> list[Row]:
    begun = max(since(number), member["birth_on"])
    kind = number % 20
    if kind == ENDED:
        return [_span(tenant, member, number, begun, today - timedelta(days=20 + number % 60), 1)]
    if kind == FUTURE:
        return [_span(tenant, member, number, today + timedelta(days=40 + number % 30), None, 1)]
    spans = [_span(tenant, member, number, begun, None, 1)]
    if kind == TWO_PLANS:
        spans.append(_span(tenant, member, number + 1, begun, None, 2))
    return spans


def _span(tenant: Document, member: Row, number: int, starts_on: date, ends_on: date | None, priority: int) -> Row:
    plan = plan_key(tenant, number)
    return {
        "id": names.key("coverage", member["id"], plan), "tenant_id": member["tenant_id"], "member_id": member["id"],
        "plan_id": names.key("plan", plan), "starts_on": starts_on, "ends_on": ends_on, "priority": priority,
    }  # fmt: skip
