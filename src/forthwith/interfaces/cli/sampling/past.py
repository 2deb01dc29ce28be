"""Requests of the past days in every state, and drafts, made by the real acts, so that letters, clocks and audit are real."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.actions import LineDecision
from forthwith.apps.authorizations.asking import Asked, LineAsked, MemberAsked
from forthwith.apps.authorizations.reference import forget
from forthwith.apps.identity.actors import Actor
from forthwith.apps.identity.loads import actor_named
from forthwith.apps.review import actions as review
from forthwith.apps.tenancy.queries import forget_portals, portal_of_host
from forthwith.domain.words import Basis, Channel, Outcome, Urgency

from . import drafts, stories
from .describing import MEMBERS_A_PLAN
from .documents import Document
from .stories import Deed, Story
from .world import World

FIRST_MEMBER = MEMBERS_A_PLAN * 3  # those whom `describe` names have no past


@dataclass(frozen=True)
class Stage:
    """Where a tenant's stories are played."""

    world: World
    tenant: Document
    actors: Callable[[str, datetime], Actor]

    @property
    def key(self) -> str:
        """The tenant's key."""
        return str(self.tenant["key"])


def play(world: World, tell: Callable[[str], None]) -> int:
    """Play every story; how many requests there are now. Needs a transaction that the caller rolls back on failure."""
    forget()
    forget_portals()
    made = 0
    for tenant in world.tenants:
        stage = Stage(world, tenant, _cast(tenant))
        tell(f"Past requests of {tenant['name']}")
        patients = _patients(world, tenant)
        for number, story in enumerate(stories.of_tenant(tenant["key"])):
            _play(stage, story, next(patients), number)
            made += 1
        drafts.save(world, tenant, (next(patients), next(patients)), stage.actors)
    return made


def _cast(tenant: Document) -> Callable[[str, datetime], Actor]:
    portal = portal_of_host(tenant["portals"][0]["host"])
    assert portal is not None
    kept: dict[str, Actor] = {}

    def actor(name: str, at: datetime) -> Actor:
        if name not in kept:
            kept[name] = actor_named(f"{name}.{tenant['key']}", portal, at=at)
        return kept[name]

    return actor


def _patients(world: World, tenant: Document) -> Iterator[dict[str, Any]]:
    """Members with one plan, covered for a month at least and without an end."""
    since = world.at.date() - timedelta(days=30)
    for row in world.members.of_tenant[tenant["key"]][FIRST_MEMBER:]:
        spans = world.members.spans[row["id"]]
        if len(spans) == 1 and not spans[0]["ends_on"] and spans[0]["starts_on"] < since:
            yield row


def _play(stage: Stage, story: Story, patient: dict[str, Any], number: int) -> None:
    received = stage.world.at - timedelta(hours=story.received)
    office = "coordinator2" if number % 3 == 2 else "coordinator"
    asker = stage.actors(office, received)
    asked = _asked(stage, story, patient, received, f"sample/{stage.key}/{number}", 1 if number % 3 == 2 else 0)
    answer = actions.submit(asked=asked, by=asker, at=received)
    for deed in story.deeds:
        at = stage.world.at - timedelta(hours=deed.ago)
        _do(deed, answer.number, stage.actors(office if deed.who == "office" else deed.who, at), at)


def _asked(stage: Stage, story: Story, patient: dict[str, Any], received: datetime, key: str, place: int) -> Asked:
    practice = stage.world.providers.practices[stage.key][place]
    doctor = next(
        row for row in stage.world.providers.working_at[practice["id"]]
        if stage.world.providers.in_network.get((stage.key, row["npi"]))
    )  # fmt: skip
    facility = stage.world.providers.facilities[stage.key][0]
    lines = tuple(
        LineAsked(
            sequence=number, service=ask["key"], units=Decimal(ask["units"]), place=ask["place"],
            from_on=(received + timedelta(days=14)).date(), rendering_npi=doctor["npi"],
            facility_npi=facility["npi"] if ask["place"] in ("21", "22", "24") else "",
        )
        for number, ask in enumerate(story.asks, start=1)
    )  # fmt: skip
    text = json.dumps([key, story.title, patient["number"]])
    return Asked(
        channel=Channel.PORTAL, key=key, digest=hashlib.sha256(text.encode()).hexdigest(),
        member=MemberAsked(number=patient["number"], birth_on=patient["birth_on"]), requester_npi=practice["npi"],
        practitioner_npi=doctor["npi"], diagnoses=tuple(dict.fromkeys(d for ask in story.asks for d in ask["diagnoses"])),
        urgency=Urgency.EXPEDITED if story.expedited else Urgency.STANDARD,
        attested_by=f"{doctor['first_name']} {doctor['last_name']}" if story.expedited else "",
        clinical_reason=story.reason, lines=lines,
        answers={package: facts for ask in story.asks for package, facts in ask["facts"].items()},
    )  # fmt: skip


def _do(deed: Deed, number: str, by: Actor, at: datetime) -> None:
    words = deed.words
    match deed.act:
        case "take":
            review.take(number=number, by=by, at=at, over=True)
        case "recommend":
            outcomes = {line: Outcome(outcome) for line, outcome in deed.outcomes.items()}
            review.recommend(number=number, outcomes=outcomes, note=words, by=by, at=at)
        case "ask":
            actions.ask_for_information(number=number, questions=[words], message="", by=by, at=at)
        case "send_back":
            actions.send_back(number=number, questions=[words], message="", by=by, at=at)
        case "answer":
            actions.answer_information(number=number, answer=words, by=by, at=at)
        case "withdraw":
            actions.withdraw(number=number, reason=words, by=by, at=at)
        case "tell":
            actions.record_notice(number=number, recipient="member", means="mail", by=by, at=at)
        case "decide":
            actions.determine(number=number, decisions=_decisions(deed), by=by, at=at)


def _decisions(deed: Deed) -> list[LineDecision]:
    return [
        LineDecision(
            sequence=line, outcome=Outcome(outcome), basis=Basis(deed.basis),
            units=Decimal(deed.units) if outcome == "modified" else None,
            reason=deed.words if outcome in ("modified", "not_certified") else "",
        )
        for line, outcome in deed.outcomes.items()
    ]  # fmt: skip
