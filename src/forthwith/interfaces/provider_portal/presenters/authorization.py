"""One request as its page: the answer first, then the reason, then the rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from forthwith.domain.words import Outcome, State, Status
from forthwith.interfaces.provider_portal.presenters.rows import full_name, numbers_of
from forthwith.interfaces.web.presenting import criteria, dates
from forthwith.interfaces.web.presenting import line as lines_
from forthwith.interfaces.web.presenting.clock import Clock, draw_document, read_moment
from forthwith.interfaces.web.presenting.line import shown_code
from forthwith.interfaces.web.presenting.status import Status as Drawn
from forthwith.interfaces.web.presenting.status import status_for

NUMBERS = (
    "None",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
)
PLACES = {"11": "office", "12": "home", "19": "off-campus hospital", "21": "inpatient", "22": "hospital outpatient", "24": "surgery center"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line is what it is, beside its code."""

    icon: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the table with its authorization number."""

    line: lines_.Line
    authorization_number: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.line, name)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands at the top of the page."""

    id: str
    number: str
    member: str
    member_id: str
    title: str
    status: Drawn
    lead: str
    headline: str
    paragraphs: tuple[str, ...]
    reasons: tuple[Reason, ...]
    authorization_numbers: str
    citation: str
    zone_letters: str
    decision_letter: str = ""


@dataclass(frozen=True, slots=True)
class OtherRule:
    """A rule that was looked at and does not govern, or governs later."""

    allowance: str
    due: str
    citation: str
    note: str


@dataclass(frozen=True, slots=True)
class ClockPanel:
    """The clock with the rule that governs it."""

    drawn: Clock | None
    started: str
    due: str
    facts: tuple[tuple[str, str], ...]
    others: tuple[OtherRule, ...]


def count(number: int) -> str:
    """`Two`, `11`"""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def headline(status: str, outcomes: Sequence[str]) -> str:
    """The answer in words: "Two of three services are approved". Lines that nobody had to decide are not counted."""
    decided = [one for one in outcomes if one in (Outcome.CERTIFIED, Outcome.MODIFIED, Outcome.NOT_CERTIFIED)]
    whole = len(decided or outcomes)
    approved = sum(outcome in (Outcome.CERTIFIED, Outcome.MODIFIED) for outcome in outcomes)
    services = "service is" if whole == 1 else "services are"
    if outcomes and set(outcomes) == {Outcome.CONTACT_PAYER}:
        return "Somebody else decides on this"
    match status:
        case Status.APPROVED:
            return "The service is approved" if whole == 1 else f"All {count(whole).lower()} services are approved"
        case Status.PARTIALLY_APPROVED if approved < whole:
            return f"{count(approved)} of {count(whole).lower()} services {'is' if approved == 1 else 'are'} approved"
        case Status.PARTIALLY_APPROVED:
            return "The service is approved in part" if whole == 1 else "Approved in part"
        case Status.DENIED:
            return f"The {services} not approved"
        case Status.NOT_REQUIRED:
            return "No authorization is needed"
        case Status.IN_REVIEW:
            return "A reviewer is reading your request"
        case Status.SEND_BACK:
            return "The plan needs something from you"
        case Status.WITHDRAWN:
            return "You withdrew this request"
    return "We have your request"


def paragraphs(authorization: Any, lines: Sequence[Any]) -> tuple[str, ...]:
    """One or two sentences under the answer."""
    given = [line for line in lines if line.outcome in (Outcome.CERTIFIED, Outcome.MODIFIED)]
    texts = [_when_approved(given)] if given else []
    owners = {line.requirement.get("owner", "") for line in lines if line.outcome == Outcome.CONTACT_PAYER} - {""}
    if owners:
        texts.append(
            f"Contact {' and '.join(sorted(map(_within, owners)))}. Keep the reference number as proof that you asked."
        )
    if authorization.status == Status.RECEIVED and any(line.outcome == Outcome.PENDED for line in lines):
        texts.append("Nobody has opened it yet. You don’t need to do anything; this page changes by itself.")
    if authorization.status == Status.IN_REVIEW and authorization.state == State.IN_REVIEW:
        texts.append("Rules may approve, but only a physician can deny. This page changes by itself.")
    if authorization.status == Status.NOT_REQUIRED:
        texts.append("The plan does not ask for authorization here. Keep the reference number as proof that you asked.")
    return tuple(texts)


def _within(name: str) -> str:
    """A name as it stands within a sentence: `the member’s health plan`."""
    return name[0].lower() + name[1:] if name.startswith("The ") else name


def _when_approved(given: Sequence[Any]) -> str:
    starts = [line.approved_from for line in given if line.approved_from]
    ends = [line.approved_to for line in given if line.approved_to]
    if not starts:
        return ""
    return f"Approved care may take place from {dates.period(min(starts), max(ends) if ends else None)}."


def reasons(lines: Sequence[Any], determinations: Sequence[Any]) -> tuple[Reason, ...]:
    """Each line's reason where one was written: a determination's, or the rule's that nothing is needed."""
    by_line = {one.line_id: one for one in determinations}
    shown = []
    for line in lines:
        decided = by_line.get(line.id)
        if decided and decided.reason:
            shown.append(
                Reason(
                    lines_.status_of_outcome(line.outcome).icon,
                    shown_code(line.service),
                    _cited(decided),
                )
            )
        elif line.outcome == Outcome.NOT_REQUIRED:
            text = str((line.requirement or {}).get("reason", "")) or "needs no authorization"
            shown.append(Reason("circle-minus", shown_code(line.service), text))
    return tuple(shown)


def _cited(determination: Any) -> str:
    """The reason as the person who decided wrote it; where it names no rule, the rule follows."""
    reason: str = determination.reason
    cited = [one for one in map(_citation, determination.citations or ()) if one and one not in reason]
    return f"{reason} ({', '.join(cited)})" if cited else reason


def _citation(one: Any) -> str:
    if isinstance(one, dict):
        return f"{one.get('kind', '')} {one.get('id', '')}".strip()
    return str(one)


def page(
    authorization: Any,
    lines: Sequence[Any],
    determinations: Sequence[Any],
    *,
    at: datetime,
    letter: str = "",
) -> Page:
    """The page's top."""
    zone = authorization.plan.zone
    member = authorization.member
    citations = [_citation(one) for decided in determinations for one in (decided.citations or ())]
    return Page(
        id=str(authorization.id),
        number=authorization.number,
        member=full_name(member),
        member_id=str(member.id),
        title=authorization.title,
        status=status_for(authorization.status),
        lead=_lead(authorization, zone),
        headline=headline(authorization.status, [line.outcome for line in lines]),
        paragraphs=paragraphs(authorization, lines),
        reasons=reasons(lines, determinations),
        authorization_numbers=numbers_of(lines),
        citation=", ".join(dict.fromkeys(filter(None, citations))),
        zone_letters=dates.zone_letters(zone, at),
        decision_letter=letter,
    )


def _lead(authorization: Any, zone: str) -> str:
    urgency = "Expedited request" if authorization.urgency == "expedited" else "Standard request"
    if authorization.decided_at:
        what = f"decided {dates.day(dates.local_date(authorization.decided_at, zone))}"
    elif authorization.withdrawn_at:
        what = f"withdrawn {dates.day(dates.local_date(authorization.withdrawn_at, zone))}"
    else:
        what = f"received {dates.day(dates.local_date(authorization.received_at, zone))}"
    member = authorization.member
    return f"{full_name(member)}, born {dates.day(member.birth_on)}. {urgency}, {what}."


def _region(region: str) -> str:
    """`lumbar` out of `region=lumbar`: what the answers said that history counts by."""
    return ", ".join(part.partition("=")[2].replace("_", " ") for part in region.split("|") if "=" in part)


def line_row(line: Any) -> LineRow:
    """A line as a table row."""
    side = {"left": "left", "right": "right", "bilateral": "both sides"}.get(line.side, line.side)
    span = dates.short_period(line.approved_from or line.from_on, line.approved_to or line.to_on)
    sub = ", ".join(text for text in (_region(line.region), side, PLACES.get(line.place, ""), span) if text)
    return LineRow(
        lines_.line(
            service=line.service,
            text=line.service_name,
            outcome=line.outcome,
            requested=line.units_requested,
            approved=line.units_approved,
            unit=line.unit,
            sub=sub,
        ),
        line.authorization_number or "",
    )


def governing(lines: Sequence[Any]) -> dict[str, Any]:
    """The clock document that is due first."""
    documents = [line.clock for line in lines if line.clock and line.clock.get("due_at")]
    return min(documents, key=lambda document: str(document["due_at"]), default={})


def clock_panel(authorization: Any, lines: Sequence[Any], *, at: datetime) -> ClockPanel:
    """The clock that governs the request: the earliest due of its lines."""
    zone = authorization.plan.zone
    document = governing(lines)
    if not document:
        return ClockPanel(None, "", "", (("Limit", "No legal limit applies to this request"),), ())
    done_at = authorization.decided_at or authorization.withdrawn_at
    word = "Decided" if authorization.decided_at else "Withdrawn"
    drawn = draw_document(document, zone=zone, at=at, done_at=done_at, done_word=word)
    started, due = read_moment(document["started_at"]), read_moment(document["due_at"])
    assert started is not None and due is not None
    facts = [("Limit", f"{document.get('allowance', '')}, {authorization.urgency}")]
    facts.append(("Rule", str(document.get("citation", ""))))
    if done_at:
        facts.append(("Finished", _finished(done_at, due)))
    if authorization.notified_at:
        facts.append(("You were told", dates.moment(authorization.notified_at, zone)))
    return ClockPanel(
        drawn,
        f"{dates.short_day(dates.local_date(started, zone))}, {dates.clock_time(started, zone)}",
        dates.moment(due, zone),
        tuple(facts),
        tuple(_others(document, zone)),
    )


def _finished(done_at: datetime, due_at: datetime) -> str:
    if done_at <= due_at:
        return f"{dates.length(due_at - done_at)} before it was due"
    return f"{dates.length(done_at - due_at)} after it was due"


def _others(document: dict[str, Any], zone: str) -> Iterable[OtherRule]:
    for due in document.get("dues", ()):
        if due.get("rule") == document.get("rule"):
            continue
        due_at = read_moment(due.get("due_at"))
        shown = f"due {dates.moment(due_at, zone)}" if due_at else "no due time"
        yield OtherRule(
            str(due.get("allowance", "")),
            shown,
            str(due.get("citation", "")),
            str(due.get("note") or ""),
        )


def checklist(lines: Sequence[Any]) -> criteria.Checklist | None:
    """Each line's criteria as they were judged."""
    return criteria.checklist(
        criteria.part(line.criteria, service=line.service, name=line.service_name) for line in lines if line.criteria
    )


def request_facts(authorization: Any, lines: Sequence[Any]) -> list[tuple[str, str]]:
    """What was asked, beside the lines."""
    facts = [("Plan", authorization.plan.name)]
    practitioner = authorization.practitioner
    if practitioner:
        facts.append(("Provider", f"{full_name(practitioner)}, NPI {practitioner.npi}"))
    facts.append(("Practice", authorization.organization.name))
    for facility in {str(line.facility.get("name", "")) for line in lines if line.facility}:
        if facility:
            facts.append(("Facility", facility))
    facts.append(
        (
            "Diagnosis",
            ", ".join(_diagnosis(one) for one in authorization.diagnoses) or "None given",
        )
    )
    facts.append(("Submitted by", authorization.submitted_by_name))
    if authorization.clinical_reason:
        facts.append(("In your words", authorization.clinical_reason))
    return facts


def _diagnosis(one: Any) -> str:
    return str(one.get("code", "")) if isinstance(one, dict) else str(one)


def file_size(size: int) -> str:
    """`120 KB`, `2.4 MB`"""
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{max(1, round(size / 1024))} KB"


def short_on(at: datetime, zone: str) -> str:
    """`Nov 18` in the plan's zone."""
    on: date = dates.local_date(at, zone)
    return dates.short_day(on)
