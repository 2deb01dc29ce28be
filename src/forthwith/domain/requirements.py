"""Requirements: is authorization needed for this service, here, on this day?

An answer is information. It never blocks asking, and "not required" is no
finding of coverage. Rules are rows with dates; the most specific one answers.
Where they are kept is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from .words import Requirement

NO_RULE = "No rule of this plan speaks of this service on that day; a person looks at it"
# In order of weight: when as many conditions hold, the earlier name wins.
CONDITIONS = ("plan", "product", "program", "service", "place", "in_network")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. Empty text (None for the network) matches everything; both ends of the dates are included."""

    id: str
    answer: Requirement
    reason: str
    plan: str = ""
    product: str = ""
    program: str = ""
    service: str = ""
    place: str = ""
    in_network: bool | None = None
    owner: str = ""
    effective_from: date = date.min
    effective_to: date | None = None

    def answers(self, question: Question) -> bool:
        """Whether every condition holds on that day."""
        return (
            self.service in ("", question.service)
            and self.program in ("", question.program)
            and self.plan in ("", question.plan)
            and self.product in ("", question.product)
            and self.place in ("", question.place)
            and (self.in_network is None or self.in_network is question.in_network)
            and self.effective_from <= question.on
            and (self.effective_to is None or question.on <= self.effective_to)
        )

    def rank(self) -> tuple[int, tuple[bool, ...], int, str]:
        """The greatest answers: more conditions, then weightier ones, then the later, then the id."""
        given = tuple(getattr(self, name) not in ("", None) for name in CONDITIONS)
        return sum(given), given, self.effective_from.toordinal(), self.id


class Question(NamedTuple):
    """What is asked: plan, product, program and service by key, place of service by code, and the day."""

    plan: str
    product: str
    program: str
    service: str
    place: str
    in_network: bool | None
    on: date


class Answer(NamedTuple):
    """The answer, the rule that gave it (empty when none did), its reason, and who decides if not we."""

    kind: Requirement
    rule: str
    reason: str
    owner: str = ""


def look_up(rules: Iterable[Rule], question: Question) -> Answer:
    """The answer of the most specific rule in force.

    Where no rule speaks, authorization is required: "not required" closes a request at once, and only a rule may say so.
    """
    found = max((rule for rule in rules if rule.answers(question)), key=Rule.rank, default=None)
    if found is None:
        return Answer(Requirement.REQUIRED, "", NO_RULE)
    return Answer(found.answer, found.id, found.reason, found.owner)


def read_rules(document: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of a document. A rule for several services or places becomes several rows."""
    return tuple(rule for given in document["rules"] for rule in _rows(given))


def _rows(given: Mapping[str, Any]) -> Iterable[Rule]:
    when = given.get("when", {})
    services, places = _several(when, "service"), _several(when, "place")
    for service in services:
        for place in places:
            parts = [given["id"]]
            parts += [service.removeprefix("SVC:")] if len(services) > 1 else []
            parts += [place] if len(places) > 1 else []
            yield Rule(
                id="/".join(parts),
                answer=Requirement(given["answer"]),
                reason=given["reason"],
                plan=when.get("plan", ""),
                product=when.get("product", ""),
                program=when.get("program", ""),
                service=service,
                place=place,
                in_network=when.get("in_network"),
                owner=given.get("owner", ""),
                effective_from=_day(given["effective_from"]),
                effective_to=_day(given["effective_to"]) if given.get("effective_to") else None,
            )


def _several(when: Mapping[str, Any], name: str) -> list[str]:
    given = when.get(name, "")
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _day(given: str | date) -> date:
    return given if isinstance(given, date) else date.fromisoformat(given)
