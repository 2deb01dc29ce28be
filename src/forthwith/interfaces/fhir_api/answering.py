"""An answer of ours to what a ClaimResponse says (PAS 2.2.1): a review action for each line, dates, notes, questions."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid5
from zoneinfo import ZoneInfo

from forthwith.apps.authorizations.answering import Answered as Given
from forthwith.apps.authorizations.answering import LineAnswered
from forthwith.domain.words import Outcome
from forthwith.formats.fhir.pas import Asked, Authorized, Line, Note, PasAnswer, PasRequest, Reviewer
from forthwith.formats.fhir.pas.values import Identifier, Item, Period, Quantity

REFERENCE_NUMBERS = "https://forthwith.example/codes/reference-number"
#: HCR01, X12 element 306: what became of a line.
ACTIONS = {
    Outcome.PENDED: "A4",
    Outcome.CERTIFIED: "A1",
    Outcome.MODIFIED: "A6",
    Outcome.NOT_CERTIFIED: "A3",
    Outcome.NOT_REQUIRED: "NA",
    Outcome.CANCELLED: "C",
    Outcome.CONTACT_PAYER: "CT",
}
_X12_UNITS = {"visit": "vs", "day": "da", "hour": "hr"}  # element 673, where it names what a service is counted in
_APPROVED = (Outcome.CERTIFIED, Outcome.MODIFIED)


class _Notes:
    """The texts of a response, each once, numbered from 1."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> tuple[int, ...]:
        """Return the note's number; none for an empty text."""
        return (self._numbers.setdefault(text, len(self._numbers) + 1),) if text else ()

    def all(self) -> tuple[Note, ...]:
        return tuple(Note(number, text) for text, number in self._numbers.items())


def answer_of(given: Given, request: PasRequest, *, unread: list[str]) -> PasAnswer:
    """Return the answer; `unread` says which documents were not kept and why."""
    notes = _Notes()
    items = {item.sequence: item for item in request.items}
    lines = tuple(_line(line, items.get(line.sequence), given, notes) for line in given.lines)
    for text in unread:
        notes.number(text)
    approved = [line for line in given.lines if line.outcome in _APPROVED]
    pended = [line for line in given.lines if line.outcome is Outcome.PENDED]
    return PasAnswer(
        key=str(given.id),
        created=given.decided_at or given.received_at,
        outcome="partial" if pended and len(pended) < len(given.lines) else "complete",
        identifiers=(*request.claim_identifiers, Identifier(given.number, REFERENCE_NUMBERS)),
        disposition=str(given.status),
        authorization_number=_common_number(approved),
        period=_whole_period(approved),
        lines=lines,
        notes=notes.all(),
        reviewer=_reviewer(given),
        asked=_asked(given),
    )


def _line(line: LineAnswered, item: Item | None, given: Given, notes: _Notes) -> Line:
    approved = line.outcome in _APPROVED
    told = notes.number(line.reason)
    if line.outcome is Outcome.PENDED:
        told += notes.number(_due(line.due_at, given.zone))
    if item and item.quantity and not _is_unit(item.quantity, line.unit):
        told += notes.number(f"The quantity is read as {line.units_requested.normalize():f} of: {line.unit}.")
    if line.outcome is Outcome.CONTACT_PAYER and line.owner:
        told += notes.number(f"Who decides: {line.owner}.")
    return Line(
        sequence=line.sequence,
        action=ACTIONS[line.outcome],
        number=line.authorization_number or "",
        reference_number=given.number,
        issued_on=_day(line.decided_at or given.decided_at, given.zone) if approved else None,
        period=Period(line.approved_from, line.approved_to) if approved else Period(),
        requested=item.serviced if item else Period(),
        notes=told,
        traces=item.traces if item else (),
        authorized=_authorized(line, item) if line.outcome is Outcome.MODIFIED and item else None,
    )


def _is_unit(sent: Quantity, ours: str) -> bool:
    """Tell whether the unit sent is none in particular, or the one that the service is counted in."""
    named = {sent.unit.strip(" {}[]()").lower(), sent.code.strip(" {}[]()").lower()} - {""}
    return not named or bool(named & {ours, f"{ours}s", _X12_UNITS.get(ours, ""), "un", "unit", "units", "1"})


def _authorized(line: LineAnswered, item: Item) -> Authorized:
    return Authorized(
        services=item.services,
        quantity=line.units_approved,
        unit=item.quantity.unit if item.quantity else line.unit,
        modifiers=item.modifiers,
        period=Period(line.approved_from, line.approved_to),
    )


def _common_number(approved: list[LineAnswered]) -> str:
    """Return the authorization number without the line's part."""
    numbers = [line.authorization_number for line in approved if line.authorization_number]
    return numbers[0].rpartition("-")[0] if numbers else ""


def _whole_period(approved: list[LineAnswered]) -> Period:
    starts = [line.approved_from for line in approved if line.approved_from]
    ends = [line.approved_to for line in approved if line.approved_to]
    return Period(min(starts, default=None), max(ends, default=None))


def _reviewer(given: Given) -> Reviewer | None:
    decided = [line for line in given.lines if line.basis]
    return Reviewer(human=any(line.by_person for line in decided)) if decided else None


def _asked(given: Given) -> tuple[Asked, ...]:
    return tuple(
        Asked(key=str(uuid5(given.id, text)), control_number=f"{given.number}-{place}", text=text)
        for place, text in enumerate(given.asked_for, start=1)
    )


def _due(due_at: datetime | None, zone: str) -> str:
    if due_at is None:
        return ""
    return f"An answer is owed by {due_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}."


def _day(moment: datetime | None, zone: str) -> date | None:
    return moment.astimezone(ZoneInfo(zone)).date() if moment else None
