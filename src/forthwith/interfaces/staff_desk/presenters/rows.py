"""An open request as a row of the worklist: by when, what, who, why it is here, who has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from forthwith.domain.words import ItemClass, LineOfBusiness, Outcome, Requirement, State, Urgency
from forthwith.interfaces.staff_desk.presenters.facts import Tally, tally
from forthwith.interfaces.web.presenting import dates
from forthwith.interfaces.web.presenting.clock import Clock, allowance_between, draw, draw_row

BUSINESS = {
    LineOfBusiness.MEDICARE_ADVANTAGE: "Medicare Advantage",
    LineOfBusiness.MEDICAID: "Medicaid",
    LineOfBusiness.COMMERCIAL: "Commercial",
}
RECIPIENTS = {"requester": "the office", "member": "the member"}
WAITING = {State.INFORMATION_REQUESTED: "Information requested", State.SENT_BACK: "Send back"}


@dataclass(frozen=True, slots=True)
class Row:
    """What the worklist shows of one request."""

    href: str
    take: str
    number: str
    version: int
    title: str
    kind: str
    is_expedited: bool
    member: str
    age: str
    why: str
    tally: Tally | None
    status: str
    clock: Clock | None
    with_name: str
    is_mine: bool


def full_name(person: Any) -> str:
    """`Marigold Fenwick-Sample`"""
    return f"{person.first_name} {person.last_name}".strip()


def row(authorization: Any, *, actor: Any, at: datetime) -> Row:
    """The row; member, plan and lines are read with the list."""
    lines = list(authorization.lines.all())
    zone, judged = authorization.plan.zone, tally(lines)
    return Row(
        href=reverse("staff_desk:case", args=[authorization.number]),
        take=reverse("staff_desk:take", args=[authorization.number]),
        number=authorization.number, version=authorization.version, title=authorization.title,
        kind=kind(authorization, lines), is_expedited=authorization.urgency == Urgency.EXPEDITED,
        member=full_name(authorization.member),
        age=f"{dates.age(authorization.member.birth_on, on=dates.local_date(at, zone))} years",
        why=why_here(authorization, lines), tally=judged if judged.whole else None,
        status=WAITING.get(authorization.state, authorization.status),
        clock=clock(authorization, lines, zone=zone, at=at),
        with_name=authorization.with_name or "", is_mine=authorization.with_id == actor.id,
    )  # fmt: skip


def clock(authorization: Any, lines: list[Any], *, zone: str, at: datetime) -> Clock | None:
    """The clock of the row; of a decided request it runs on until everybody is told."""
    if authorization.state != State.DECIDED:
        return draw_row(authorization, due_at=authorization.due_at, zone=zone, at=at)
    begun_at, due_at = authorization.received_at, min((line.due_at for line in lines if line.due_at), default=None)
    if due_at is None:
        return None
    return draw(
        started_at=begun_at, due_at=due_at, allowance=allowance_between(begun_at, due_at, zone), zone=zone, at=at
    )


def kind(authorization: Any, lines: list[Any]) -> str:
    """`Part B drug, expedited`, `Medicare Advantage, standard`"""
    drug = any(line.item_class == ItemClass.PART_B_DRUG for line in lines)
    what = "Part B drug" if drug else BUSINESS.get(authorization.plan.line_of_business, "")
    return f"{what}, {authorization.urgency}"


def why_here(authorization: Any, lines: list[Any]) -> str:
    """Why a person is needed, in a few words: the first open line that says so."""
    if authorization.state == State.DECIDED:
        told = {one.recipient for one in authorization.notices_given.all()}
        return "To tell: " + ", ".join(words for key, words in RECIPIENTS.items() if key not in told)
    if authorization.state in WAITING:
        return "Waiting for the office"
    if authorization.is_recommended:
        return "Recommended by a reviewer; a physician decides"
    return next((words for words in map(why_line, lines) if words), "Needs a person’s judgment")


def why_line(line: Any) -> str:
    """Why the rules left this line open; empty where they did not."""
    if line.outcome != Outcome.PENDED:
        return ""
    if (line.requirement or {}).get("kind") == Requirement.NOT_COVERED:
        return "The plan’s rules call this not covered; a person decides"
    document = line.criteria or {}
    if not document.get("criteria"):
        return "No automated criteria for this service"
    cite = next((one.get("cite", "") for one in document["criteria"] if one.get("cite")), document["package"])
    counted = tally([line])
    if document.get("truth") == "met":
        return f"{cite}: met, but more was asked than the rules may approve"
    open_ = ((counted.unmet, "not met"), (counted.unclear, "not stated"))
    return f"{cite}: " + ", ".join(f"{number} {word}" for number, word in open_ if number)
