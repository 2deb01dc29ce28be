"""As many further requests as wanted: after the pattern of those that the acts made, by COPY.

Skewed as life is: few practices ask for most, some members are often ill, simple services are most of it, nearly
all requests are decided, and more of them lately than long ago. Each row is new in keys, numbers, people, dates
and clock. Letters and events are not made.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from forthwith.apps.authorizations import loads
from forthwith.apps.authorizations.loads import Pattern, cell, row_text
from forthwith.apps.authorizations.weighing import case_of
from forthwith.apps.criteria.allowances import book
from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.queries import PlanFound, plans_of
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain import clocks
from forthwith.domain.numbers import make_number
from forthwith.domain.words import State

from . import names
from .documents import Document
from .loading import tenant_ids
from .world import World

PORTION = 10_000
OPEN = (State.RECEIVED, State.IN_REVIEW)
OPEN_FOR = timedelta(days=2)
# How often each outcome comes, in thousands; within one the patterns are equally likely.
SHARES = {
    "Approved": 690, "Submission not required": 130, "Denied": 70, "Partially Approved": 45, "Withdrawn": 35,
    "Received": 20, "In Review": 10,
}  # fmt: skip
CHANNELS = (("portal", 60), ("fhir", 25), ("fax", 10), ("phone", 5))
Rows = dict[str, list[str]]


@dataclass(frozen=True)
class Region:
    """Whom a tenant's requests are about and who asks them."""

    tenant: Document
    zone: ZoneInfo
    plans: dict[UUID, PlanFound]
    members: list[tuple[dict[str, Any], dict[str, Any]]]  # with the span of coverage
    practices: list[tuple[dict[str, Any], list[tuple[dict[str, Any], str]]]]  # with clinicians and their document


def grow(world: World, count: int, *, using: str, tell: Callable[[int], None]) -> None:
    """Add `count` requests in portions of 10,000, telling each portion; then refresh the statistics."""
    tenants = tenant_ids(world)
    stored = loads.patterns(using, tenants, "sample/")
    taken = loads.numbers_in_use(using, tenants)
    makers = _makers(world, stored, random.Random(len(taken)), taken)
    while count > 0:
        portion = min(count, PORTION)
        rows: Rows = {name: [] for name in loads.TABLES}
        for _ in range(portion):
            next(makers)(rows)
        loads.copy_in(using, tenants, rows, _columns(stored))
        tell(portion)
        count -= portion
    loads.analyze(using)


def megabytes(using: str) -> int:
    """How large the database is."""
    return loads.size(using) // 1_048_576


def _makers(
    world: World, stored: list[Pattern], dice: random.Random, taken: set[str]
) -> Iterator[Callable[[Rows], None]]:
    regions = {names.key("tenant", tenant["key"]): _region(world, tenant) for tenant in world.tenants}
    counts: dict[str, int] = {}
    for one in stored:
        counts[one.authorization["status"]] = counts.get(one.authorization["status"], 0) + 1
    moulds = [Mould(one, regions[UUID(one.authorization["tenant_id"])], world, dice, taken) for one in stored]
    weights = [SHARES.get(one.authorization["status"], 0) / counts[one.authorization["status"]] for one in stored]
    while True:
        for mould in dice.choices(moulds, weights, k=1000):
            yield mould.make


def _region(world: World, tenant: Document) -> Region:
    with scoped([names.key("tenant", tenant["key"])]):
        plans = plans_of(names.key("tenant", tenant["key"]))
    members = [
        (row, world.members.spans[row["id"]][0])
        for row in world.members.of_tenant[tenant["key"]]
        if world.members.spans[row["id"]][0]["starts_on"] < world.at.date() - timedelta(days=30)
        and not world.members.spans[row["id"]][0]["ends_on"]
    ]
    practices = []
    for practice in world.providers.practices[tenant["key"]]:
        doctors = [
            (row, cell(_named(row)))
            for row in world.providers.working_at[practice["id"]]
            if world.providers.in_network.get((tenant["key"], row["npi"]))
        ]
        practices.append((practice, doctors))
    return Region(tenant, ZoneInfo(tenant["zone"]), plans, members, practices)


def _named(row: dict[str, Any]) -> dict[str, Any]:
    name = f"{row['first_name']} {row['last_name']}, {row['credentials']}"
    return {"id": str(row["id"]), "npi": row["npi"], "name": name, "specialty": row["specialty"], "in_network": True}


def _columns(stored: list[Pattern]) -> dict[str, tuple[str, ...]]:
    first = {
        "authorization": stored[0].authorization,
        "line": stored[0].lines[0],
        "determination": next(one.determinations[0] for one in stored if one.determinations),
        "notice": next(one.notices[0] for one in stored if one.notices),
    }
    return {**{name: tuple(row) for name, row in first.items()}, "submission": SUBMISSION}


SUBMISSION = ("id", "tenant_id", "asker", "key", "digest", "authorization_id", "at")


class Mould:
    """One pattern, ready to be cast again and again: what never differs is written once."""

    def __init__(self, pattern: Pattern, region: Region, world: World, dice: random.Random, taken: set[str]) -> None:
        self.pattern, self.region, self.world, self.dice, self.taken = pattern, region, world, dice, taken
        self.received = datetime.fromisoformat(pattern.authorization["received_at"])
        self.since_received = datetime.fromisoformat(pattern.authorization["changed_at"]) - self.received
        self.is_open = pattern.authorization["state"] in OPEN
        self.authorization = _written(pattern.authorization)
        self.lines = [_written(row) for row in pattern.lines]
        self.determinations = {row["line_id"]: _written(row) for row in pattern.determinations}
        self.notices = [_written(row) for row in pattern.notices]
        self.practice_weights = [1 / (place + 1) for place in range(len(region.practices))]

    def make(self, rows: Rows) -> None:
        """One more request into these rows."""
        dice, region = self.dice, self.region
        often = int(dice.expovariate(6 / len(region.members))) % len(region.members)
        member, span = region.members[often]
        practice, doctors = dice.choices(region.practices, self.practice_weights)[0]
        doctor, doctor_text = dice.choice(doctors)
        received = self._received(span["starts_on"])
        key, shift = str(new_key()), received - self.received
        shared = {"member_id": str(member["id"])}
        dues = self._lines(rows, key, shared, doctor_text, region.plans[span["plan_id"]], received, shift)
        self._authorization(rows, key, shared, span, practice, doctor, received, shift, dues)
        for notice in self.notices:
            _add(rows["notice"], notice, id=str(new_key()), authorization_id=key, at=_moved(notice["at"], shift))

    def _received(self, since: date) -> datetime:
        """Lately more than long ago; in the hours of an office, mostly."""
        if self.is_open:
            return self.world.at - self.since_received - OPEN_FOR * self.dice.random()
        days = (self.world.at.date() - since).days - 20
        back = min(self.dice.expovariate(1 / 200), 700.0) % max(days, 1) + 18
        day = self.world.at - timedelta(days=int(back))
        hour = self.dice.triangular(7, 19, 11)
        return day.astimezone(self.region.zone).replace(hour=int(hour), minute=self.dice.randrange(60)).astimezone(UTC)

    def _lines(
        self, rows: Rows, key: str, shared: dict[str, str], doctor: str, plan: PlanFound, received: datetime,
        shift: timedelta,
    ) -> list[tuple[datetime, str]]:  # fmt: skip
        approval, dues = None, []
        for line in self.lines:
            changed = {**shared, "id": str(new_key()), "authorization_id": key, "rendering": doctor}
            clock = _clock(plan, line["item_class"], self.authorization, received)
            changed |= {"clock": clock.text, "due_at": cell(clock.due_at)}
            changed |= {
                name: _moved_day(line[name], shift) for name in ("from_on", "to_on", "approved_from", "approved_to")
            }
            if line["determination_id"] != "\\N":
                changed["determination_id"] = self._determination(rows, key, line, changed["id"], shift)
            if line["authorization_number"] != "\\N":
                approval = approval or self._number("A")
                changed["authorization_number"] = approval + line["authorization_number"][11:]
            if line["outcome"] == "pended" and clock.due_at:
                dues.append((clock.due_at, clock.rule))
            _add(rows["line"], line, **changed)
        return dues

    def _determination(self, rows: Rows, key: str, line: dict[str, str], line_id: str, shift: timedelta) -> str:
        made = str(new_key())
        pattern = self.determinations[line["id"]]
        decided = datetime.fromisoformat(pattern["decided_at"]) + shift
        _add(
            rows["determination"], pattern, id=made, authorization_id=key, line_id=line_id,
            decided_at=decided.isoformat(), decided_on=decided.astimezone(self.region.zone).date().isoformat(),
        )  # fmt: skip
        return made

    def _authorization(
        self, rows: Rows, key: str, shared: dict[str, str], span: dict[str, Any], practice: dict[str, Any],
        doctor: dict[str, Any], received: datetime, shift: timedelta, dues: list[tuple[datetime, str]],
    ) -> None:  # fmt: skip
        due_at, rule = min(dues, key=lambda one: one[0], default=(None, ""))
        moved = {
            n: _moved(self.authorization[n], shift) for n in ("changed_at", "decided_at", "notified_at", "withdrawn_at")
        }
        at = received.isoformat()
        _add(
            rows["authorization"], self.authorization, **shared, **moved, id=key, number=self._number("R"),
            coverage_id=str(span["id"]), plan_id=str(span["plan_id"]), organization_id=str(practice["id"]),
            practitioner_id=str(doctor["id"]), received_at=at, moments=cell({"received_at": at}),
            channel=self.dice.choices([c for c, _ in CHANNELS], [w for _, w in CHANNELS])[0],
            due_at=cell(due_at if self.is_open else None), due_rule=rule,
        )  # fmt: skip
        asked = f"grown/{key}"
        rows["submission"].append(row_text((
            str(new_key()), self.authorization["tenant_id"], self.authorization["submitted_by_id"], asked,
            hashlib.sha256(asked.encode()).hexdigest(), key, at,
        )))  # fmt: skip

    def _number(self, kind: str) -> str:
        while (number := make_number(kind, self.dice.randrange)) in self.taken:
            pass
        self.taken.add(number)
        return number


def _written(row: dict[str, Any]) -> dict[str, str]:
    return {column: cell(value) for column, value in row.items()}


def _add(rows: list[str], pattern: dict[str, str], **changed: str) -> None:
    rows.append(row_text([*{**pattern, **changed}.values()]))


def _moved(text: str, shift: timedelta) -> str:
    return text if text == "\\N" else (datetime.fromisoformat(text) + shift).isoformat()


def _moved_day(text: str, shift: timedelta) -> str:
    return (
        text
        if text == "\\N"
        else (date.fromisoformat(text) + timedelta(days=round(shift / timedelta(days=1)))).isoformat()
    )


@dataclass(frozen=True)
class Reckoned:
    """What a line's clock says, as COPY writes it, and the governing due."""

    text: str
    due_at: datetime | None
    rule: str


def _clock(plan: PlanFound, item: str, authorization: dict[str, str], received: datetime) -> Reckoned:
    """The clock of a line received at this moment; one reckoning serves a day where all allowances are in days."""
    case = _case(plan, item, authorization["urgency"], authorization["timing"])
    noon = datetime.combine(received.astimezone(ZoneInfo(plan.zone)).date(), time(12), ZoneInfo(plan.zone))
    of_day = _of_day(case, noon.astimezone(UTC))
    if of_day is None:
        return _reckoned(case, received)
    text = of_day.text.replace(noon.astimezone(UTC).isoformat(), received.isoformat())
    return Reckoned(text, of_day.due_at, of_day.rule)


@cache
def _of_day(case: clocks.Case, noon: datetime) -> Reckoned | None:
    dues = clocks.reckon(case, clocks.Moments(received_at=noon), book()).dues
    if all(due.allowance.endswith(" days") and due.started_at == noon for due in dues):
        return _reckoned(case, noon)
    return None


def _reckoned(case: clocks.Case, received: datetime) -> Reckoned:
    clock = clocks.reckon(case, clocks.Moments(received_at=received), book())
    due = clock.governing
    return Reckoned(cell(clock.document()), due.due_at if due else None, due.rule if due else "")


@cache
def _case(plan: PlanFound, item: str, urgency: str, timing: str) -> clocks.Case:
    return case_of(plan, item=item, urgency=urgency, timing=timing)
