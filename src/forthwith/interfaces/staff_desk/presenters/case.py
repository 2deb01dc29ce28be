"""A case as its page: who and what, by when, why a person reads it, what was asked, what is on file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from forthwith.interfaces.staff_desk.presenters.facts import Tally
from forthwith.interfaces.staff_desk.presenters.rows import BUSINESS, WAITING, full_name, why_line
from forthwith.interfaces.web.presenting import dates
from forthwith.interfaces.web.presenting import line as lines_
from forthwith.interfaces.web.presenting.clock import Clock, draw_document, read_moment
from forthwith.interfaces.web.presenting.status import Status, status_for

PLACES = {"11": "Office", "12": "Home", "19": "Off-campus hospital", "21": "Inpatient", "22": "Hospital outpatient", "24": "Surgery center"}  # fmt: skip
SIDES = {"left": "left", "right": "right", "bilateral": "both sides"}
SCANS = {"waiting": "being checked for viruses", "infected": "held back: the check found something harmful"}


@dataclass(frozen=True, slots=True)
class Head:
    """The top of the page."""

    id: str
    number: str
    title: str
    status: Status
    lead: str
    member_number: str
    clock: Clock | None
    rule: str
    zone_letters: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """A requested line."""

    sequence: int
    name: str
    code: str
    status: Status
    asked: str
    approved: str
    when: str
    where: str
    why: str
    reason: str
    decided_by: str
    authorization_number: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file or a letter on the page."""

    title: str
    sub: str
    href: str
    pdf: str = ""


def head(row: Any, lines: Sequence[Any], *, at: datetime) -> Head:
    """Who, what and by when."""
    zone, member = row.plan.zone, row.member
    age = dates.age(member.birth_on, on=dates.local_date(at, zone))
    sex = {"F": "female", "M": "male"}.get(member.sex, "")
    who = ", ".join(text for text in (full_name(member), f"{age} years", sex) if text)
    clock, rule = _clock(row, lines, at)
    return Head(
        id=str(row.id), number=row.number, title=row.title,
        status=status_for(WAITING.get(row.state, row.status)),
        lead=f"{who}. {row.plan.name}, {BUSINESS.get(row.plan.line_of_business, '')}. {_provider(row)}",
        member_number=member.number, clock=clock, rule=rule, zone_letters=dates.zone_letters(zone, at),
    )  # fmt: skip


def _provider(row: Any) -> str:
    practitioner = row.practitioner
    if practitioner is None:
        return f"{row.organization.name}."
    credentials = f", {practitioner.credentials}" if getattr(practitioner, "credentials", "") else ""
    return f"{full_name(practitioner)}{credentials}, {row.organization.name}."


def _clock(row: Any, lines: Sequence[Any], at: datetime) -> tuple[Clock | None, str]:
    documents = [line.clock for line in lines if line.clock and line.clock.get("due_at")]
    if not documents:
        return None, "No legal limit applies."
    document = min(documents, key=lambda one: str(one["due_at"]))
    done_at = row.decided_at or row.withdrawn_at
    zone = row.plan.zone
    drawn = draw_document(document, zone=zone, at=at, done_at=done_at, done_word="Decided" if row.decided_at else "Withdrawn")  # fmt: skip
    started = read_moment(document["started_at"])
    received = f" Received {dates.moment(started, zone)}." if started else ""
    return (
        drawn,
        f"{row.urgency.capitalize()}, {document.get('allowance', '')}. {document.get('citation', '')}.{received}",
    )


def why(lines: Sequence[Any], tally: Tally, *, attested_by: str) -> list[str]:
    """Why a person is reading this, in sentences; empty once no line is open."""
    open_ = [(line.sequence, words) for line in lines if (words := why_line(line))]
    if not open_:
        return []
    said = []
    if tally.met < tally.whole:
        met = f"{tally.met} of {tally.whole} criteria met"
        said.append(f"Rules found {met}. Rules may approve but never deny, so the rest came to a person.")
    said += [f"Line {sequence}: {words}." for sequence, words in open_]
    return [*said, f"Expedited on the word of {attested_by}."] if attested_by else said


def line(one: Any, determination: Any | None) -> LineShown:
    """A line as it was asked, with what became of it."""
    unit = lines_.unit_word(one.units_requested, one.unit)
    place = PLACES.get(one.place, f"Place {one.place}" if one.place else "")
    facility = str((one.facility or {}).get("name", ""))
    where = [place, facility, SIDES.get(one.side, one.side)]
    return LineShown(
        sequence=one.sequence, name=one.service_name, code=one.service,
        status=lines_.status_of_outcome(one.outcome), asked=f"{lines_.plain(one.units_requested)} {unit}",
        approved="" if one.units_approved is None else f"{lines_.plain(one.units_approved)} {unit}",
        when=dates.period(one.from_on, one.to_on), where=", ".join(text for text in where if text), why=why_line(one),
        reason=determination.reason if determination else "",
        decided_by=_decider(determination), authorization_number=one.authorization_number or "",
    )  # fmt: skip


def _decider(determination: Any | None) -> str:
    if determination is None:
        return ""
    return ", ".join(text for text in (determination.reviewer_name, determination.reviewer_title) if text)


def diagnoses(row: Any) -> str:
    """`M54.16, M48.061`"""
    codes = (str(one.get("code", "")) if isinstance(one, dict) else str(one) for one in row.diagnoses)
    return ", ".join(codes) or "None given"


def exchanges(row: Any, *, now: datetime) -> list[dict[str, Any]]:
    """What was asked of the office and what it answered, newest first."""
    zone = row.plan.zone
    asked = sorted(row.information_requests.all(), key=lambda one: one.asked_at, reverse=True)
    return [
        {
            "title": "Sent back" if one.kind == "send_back" else "Asked for information",
            "meta": f"{one.asked_by_name}, {dates.nearby(one.asked_at, zone, now=now)}",
            "questions": [str(words) for words in one.questions], "message": one.message, "answer": one.answer,
            "reply": f"{one.answered_by_name}, {dates.nearby(one.answered_at, zone, now=now)}" if one.answered_at
            else f"No answer yet{f'; asked for by {dates.moment(one.reply_by, zone)}' if one.reply_by else ''}",
        }
        for one in asked
    ]  # fmt: skip


def files(row: Any) -> list[Document]:
    """Attachments; only a file known to be clean has a link."""
    return [_file(row, one) for one in row.attachments.all()]


def _file(row: Any, one: Any) -> Document:
    size = f"{one.size / 1_048_576:.1f} MB" if one.size >= 1_048_576 else f"{max(1, round(one.size / 1024))} KB"
    added = dates.short_day(dates.local_date(one.added_at, row.plan.zone))
    sub = ", ".join(text for text in (f"{added} by {one.added_by_name}", size, SCANS.get(one.scan, "")) if text)
    href = reverse("staff_desk:attachment", args=[row.number, one.id]) if one.scan == "clean" else ""
    return Document(one.name, sub, href)


def letter(row: Any, one: Any, *, now: datetime) -> Document:
    """A letter with its page and its PDF; says whose copy it is."""
    place = [row.number, one.id]
    sub = f"{str(one.audience).capitalize()} copy, {dates.nearby(one.issued_at, row.plan.zone, now=now)}"
    return Document(
        one.title, sub, reverse("staff_desk:letter", args=place), reverse("staff_desk:letter_pdf", args=place)
    )


def notices(row: Any, *, now: datetime) -> list[tuple[str, str]]:
    """Who was told, how and when."""
    given = sorted(row.notices_given.all(), key=lambda one: one.at)
    return [
        (one.recipient.capitalize(), f"By {one.means}, {dates.nearby(one.at, row.plan.zone, now=now)}, {one.by_name}")
        for one in given
    ]
