"""From rows to the notices that an act owes: gathers the facts; wording and completeness are the domain's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from forthwith.apps.criteria.allowances import book
from forthwith.apps.letters.actions import LetterToIssue
from forthwith.apps.letters.phrases import rights_book
from forthwith.domain import clocks, notices
from forthwith.domain.notices import Audience, NoticeKind
from forthwith.domain.outcomes import is_adverse
from forthwith.domain.words import Basis, ItemClass, LineOfBusiness, Outcome, Urgency

from .reading import Read
from .reference import Reference

MOST_POINTS = 20  # of what would change a decision: more than any package asks
ADVERSE = (NoticeKind.DENIAL, NoticeKind.PARTIAL_APPROVAL)
DECIDED = (Outcome.CERTIFIED, Outcome.MODIFIED, Outcome.NOT_CERTIFIED, Outcome.NOT_REQUIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Whom a notice is about and whom it is for."""

    member_id: UUID
    member_name: str
    member_number: str
    born_on: date
    member_address: tuple[str, ...]
    organization_id: UUID
    organization_name: str
    organization_address: tuple[str, ...]


def parties_read(read: Read) -> Parties:
    """The parties of a request that was just read."""
    return Parties(
        member_id=read.member.id, member_name=read.member.name, member_number=read.member.number,
        born_on=read.member.birth_on, member_address=address_lines(read.member.address),
        organization_id=read.requester.id, organization_name=read.requester.name,
        organization_address=address_lines(read.requester.address),
    )  # fmt: skip


def parties_of(row: Any) -> Parties:
    """The parties of a stored request (with member and organization loaded)."""
    return Parties(
        member_id=row.member_id, member_name=f"{row.member.first_name} {row.member.last_name}",
        member_number=row.member.number, born_on=row.member.birth_on,
        member_address=address_lines(row.member.address), organization_id=row.organization_id,
        organization_name=row.organization.name, organization_address=address_lines(row.organization.address),
    )  # fmt: skip


def address_lines(address: Mapping[str, Any]) -> tuple[str, ...]:
    """A postal address as lines."""
    town = " ".join(part for part in (f"{address['city']}," if address.get("city") else "", address.get("state", ""), address.get("zip", "")) if part)  # fmt: skip
    return tuple(line for line in (*address.get("lines", ()), town) if line)


def owed_at_submission(
    authorization: Mapping[str, Any], lines: Sequence[Mapping[str, Any]],
    determinations: Sequence[Mapping[str, Any]], read: Read, known: Reference, at: datetime,
) -> list[LetterToIssue]:  # fmt: skip
    """The receipt; and where rules decided lines, the determination of those."""
    parties = parties_read(read)
    is_owed = authorization["due_at"] is not None  # where another payer decides every line, we owe no answer
    letters = [] if not is_owed else issue(NoticeKind.RECEIPT, authorization, lines, parties, known, at)
    done = [line for line in lines if line["outcome"] in DECIDED]
    if any(line["outcome"] == Outcome.CERTIFIED for line in done) or authorization["decided_at"]:
        letters += determination(authorization, done, determinations, parties, known, at)
    return letters


def determination(
    authorization: Mapping[str, Any], lines: Sequence[Mapping[str, Any]],
    determinations: Iterable[Mapping[str, Any]], parties: Parties, known: Reference, at: datetime,
) -> list[LetterToIssue]:  # fmt: skip
    """The notice that these decided lines owe, to the office and to the member."""
    kind = notices.determination_kind([Outcome(line["outcome"]) for line in lines])
    if kind is None:
        return []
    return issue(kind, authorization, lines, parties, known, at, determinations=list(determinations))


def issue(
    kind: NoticeKind, authorization: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], parties: Parties,
    known: Reference, at: datetime, *, determinations: Sequence[Mapping[str, Any]] = (), **more: Any,
) -> list[LetterToIssue]:  # fmt: skip
    """One copy for each who must be told: both for determinations and extensions, the office for the rest."""
    plan = known.plans[authorization["plan_id"]]
    lob = LineOfBusiness(plan.line_of_business)
    on = at.astimezone(ZoneInfo(plan.zone)).date()
    if kind in ADVERSE:
        more["rights"] = rights_book().of(lob, on=on)
        more["appeal_by"] = clocks.appeal_by(on, lob, book()).last_on
        more["peer_to_peer"] = _peer_to_peer(known, lob, determinations)
    if kind is NoticeKind.EXTENSION:
        more["rights"] = rights_book().of(lob, on=on)
    audiences = (Audience.PROVIDER,)
    if kind not in (NoticeKind.RECEIPT, NoticeKind.INFORMATION):
        audiences = (Audience.PROVIDER, Audience.MEMBER)
    facts = _facts(authorization, lines, determinations, parties, known, plan, lob, at)
    item = ItemClass(lines[0]["item_class"])
    letters = []
    for audience in audiences:
        content = notices.compose(
            kind, notices.NoticeFacts(**facts, recipient=_recipient(parties, audience), **more), item=item
        )
        letters.append(_letter(content, authorization, parties, known))
    return letters


def _letter(
    content: dict[str, Any], authorization: Mapping[str, Any], parties: Parties, known: Reference
) -> LetterToIssue:
    return LetterToIssue(
        tenant_id=known.tenant_id, subject_type="authorization", subject_id=authorization["id"], content=content,
        member_id=parties.member_id, organization_id=parties.organization_id,
    )  # fmt: skip


@cache
def _plan(name: str, lob: LineOfBusiness, zone: str) -> notices.Plan:
    return notices.Plan(name=name, line_of_business=lob, zone=zone)


def _facts(
    authorization: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], determinations: Sequence[Mapping[str, Any]],
    parties: Parties, known: Reference, plan: Any, lob: LineOfBusiness, at: datetime,
) -> dict[str, Any]:  # fmt: skip
    numbers = sorted({line["authorization_number"].rsplit("-", 1)[0] for line in lines if line["authorization_number"]})
    return {
        "letterhead": known.letterhead,
        "plan": _plan(plan.name, lob, plan.zone),
        "member": notices.Member(name=parties.member_name, number=parties.member_number, born_on=parties.born_on),
        "request": notices.Request(
            reference=authorization["number"], received_at=authorization["received_at"],
            urgency=Urgency(authorization["urgency"]), due_at=authorization["due_at"],
            authorization_number=", ".join(numbers), requester=parties.organization_name,
        ),
        "issued_at": at,
        "lines": tuple(_line(line) for line in lines),
        "reasons": _reasons(lines, determinations),
        "citations": _citations(determinations),
        "decider": _decider(determinations),
    }  # fmt: skip


def _line(line: Mapping[str, Any]) -> notices.Line:
    return notices.Line(
        key=shown(line["service"]), title=line["service_name"], asked=_units(line["units_requested"]),
        outcome=Outcome(line["outcome"]), approved=_units(line["units_approved"] or 0), unit=line["unit"],
        starts_on=line["approved_from"] or line["from_on"], ends_on=line["approved_to"] or line["to_on"],
    )  # fmt: skip


def shown(service: str) -> str:
    """A service key as people see it: SVC-ESI-TF1."""
    return service.replace(":", "-")


def _units(units: Any) -> Any:
    number = Decimal(units)
    return int(number) if number == number.to_integral_value() else float(number)


def _reasons(
    lines: Sequence[Mapping[str, Any]], determinations: Sequence[Mapping[str, Any]]
) -> tuple[notices.Reason, ...]:
    by_line = {line["id"]: line for line in lines}
    adverse = [row for row in determinations if row["line_id"] in by_line and is_adverse(Outcome(row["outcome"]))]
    return tuple(
        notices.Reason(
            words=row["reason"], basis=Basis(row["basis"]),
            lines=(shown(by_line[row["line_id"]]["service"]),),
            would_change=_would_change(by_line[row["line_id"]], Basis(row["basis"])),
        )
        for row in adverse
    )  # fmt: skip


def _would_change(line: Mapping[str, Any], basis: Basis) -> str:
    """What is not met or not shown yet; for a service without criteria, what may be sent all the same."""
    told = "\n".join(" ".join(words.split()) for words in line["criteria"].get("why", ())[:MOST_POINTS])
    if basis is Basis.ADMINISTRATIVE:
        return told or "Proof that the reason above does not hold, or a new request without that obstacle."
    return told or "Records that answer the reason above: notes, test results or a letter from the treating clinician."


def _citations(determinations: Sequence[Mapping[str, Any]]) -> tuple[notices.Citation, ...]:
    cited = {c["id"]: c for row in determinations for c in row["citations"]}
    return tuple(
        notices.Citation(kind=c["kind"], id=c["id"], title=c.get("title", ""), url=c.get("url", "")) for c in cited.values()
    )  # fmt: skip


def _decider(determinations: Sequence[Mapping[str, Any]]) -> notices.Decider | None:
    people = [row for row in determinations if row["reviewer_id"]]
    adverse = [row for row in people if is_adverse(Outcome(row["outcome"]))]
    for row in adverse or people:
        return notices.Decider(
            name=row["reviewer_name"],
            specialty=row["reviewer_title"].partition(", ")[2],
            title=row["reviewer_title"].partition(", ")[0],
        )
    return None


def _recipient(parties: Parties, audience: Audience) -> notices.Recipient:
    if audience is Audience.MEMBER:
        return notices.Recipient(
            name=parties.member_name, address=parties.member_address, greeting=parties.member_name, audience=audience
        )
    return notices.Recipient(name=parties.organization_name, address=parties.organization_address, audience=audience)


def _peer_to_peer(
    known: Reference, lob: LineOfBusiness, determinations: Sequence[Mapping[str, Any]]
) -> notices.PeerToPeer | None:
    clinical = any(row["basis"] == Basis.CLINICAL and is_adverse(Outcome(row["outcome"])) for row in determinations)
    if not clinical:
        return None
    phone = known.letterhead.peer_to_peer_phone or known.letterhead.phone
    return notices.PeerToPeer(phone=phone, can_change=lob is LineOfBusiness.COMMERCIAL)
