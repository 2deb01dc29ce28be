"""A member as the portal shows one: name, birth, coverage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from forthwith.interfaces.provider_portal.presenters.rows import full_name
from forthwith.interfaces.web.presenting import dates
from forthwith.interfaces.web.presenting.status import Status, status_for

SEXES = {"F": "female", "M": "male", "X": "another sex"}
BUSINESS = {
    "medicare_advantage": "Medicare Advantage",
    "medicaid": "Medicaid",
    "commercial": "Commercial",
}
LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "zh": "Chinese",
    "ar": "Arabic",
    "vi": "Vietnamese",
}


@dataclass(frozen=True, slots=True)
class Cover:
    """A span of coverage in words."""

    id: str
    plan: str
    kind: str
    period: str
    status: Status


@dataclass(frozen=True, slots=True)
class Patient:
    """A member in words."""

    id: str
    name: str
    born: str
    age: int
    sex: str
    number: str
    phone: str
    address: str
    language: str
    href: str
    covers: tuple[Cover, ...]
    standing: Status


def patient(member: Any, covers: Iterable[Any], *, today: date) -> Patient:
    """The member with the coverage that the query read (latest first)."""
    shown = tuple(cover(one, today=today) for one in covers)
    active = any(one.status.word == "Active" for one in shown)
    return Patient(
        id=str(member.id),
        name=full_name(member),
        born=dates.day(member.birth_on),
        age=dates.age(member.birth_on, on=today),
        sex=SEXES.get(member.sex, "not recorded"),
        number=member.number,
        phone=member.phone,
        address=address(member.address),
        language=LANGUAGES.get(member.language, member.language),
        href=reverse("provider_portal:member", args=[member.id]),
        covers=shown,
        standing=status_for("Active" if active else "Ended" if shown else "Not covered"),
    )


def cover(coverage: Any, *, today: date) -> Cover:
    """One span: `ends_on` is its last day."""
    if coverage.starts_on > today:
        word = "Not started"
    elif coverage.ends_on and coverage.ends_on < today:
        word = "Ended"
    else:
        word = "Active"
    return Cover(
        id=str(coverage.id),
        plan=coverage.plan.name,
        kind=BUSINESS.get(coverage.plan.line_of_business, coverage.plan.line_of_business),
        period=_period(coverage.starts_on, coverage.ends_on, today),
        status=status_for(word),
    )


def _period(starts_on: date, ends_on: date | None, today: date) -> str:
    if ends_on:
        return f"{dates.day(starts_on)} to {dates.day(ends_on)}"
    return f"{'From' if starts_on > today else 'Since'} {dates.day(starts_on)}"


def address(parts: Any) -> str:
    """One line of an address document."""
    if not isinstance(parts, dict):
        return str(parts or "")
    lines = parts.get("lines") or [parts.get("line", "")]
    place = " ".join(str(parts.get(key, "")) for key in ("state", "zip")).strip()
    pieces = [*map(str, lines), str(parts.get("city", "")), place]
    return ", ".join(piece for piece in pieces if piece)
