"""Parts that several notices share: the head, the table of services, rights, help, the foot.

Every function writes on a sheet and notes which elements it said. Two voices: to the
provider ("the member"), to the member ("you").
"""

from __future__ import annotations

from typing import Any

from ..words import ItemClass, LineOfBusiness, Outcome
from . import wording
from .elements import Element as E
from .facts import Audience, Line, NoticeFacts
from .rights import Voices
from .sheet import (
    Run,
    Sheet,
    bullets,
    card,
    code,
    heading,
    keep,
    link,
    paragraph,
    strong,
)

_OUTCOMES = {
    Outcome.PENDED: "Being reviewed",
    Outcome.CERTIFIED: "Approved",
    Outcome.MODIFIED: "Approved in part",
    Outcome.NOT_CERTIFIED: "Not approved",
    Outcome.NOT_REQUIRED: "No authorization needed",
    Outcome.CANCELLED: "Withdrawn",
    Outcome.CONTACT_PAYER: "Ask the plan",
}
APPROVED = (Outcome.CERTIFIED, Outcome.MODIFIED)
ADVERSE = (Outcome.MODIFIED, Outcome.NOT_CERTIFIED)


def to_member(facts: NoticeFacts) -> bool:
    return facts.recipient.audience is Audience.MEMBER


def voice(facts: NoticeFacts, voices: Voices) -> str:
    """The sentence in the person of this copy."""
    return voices.member if to_member(facts) else voices.provider


def asker(facts: NoticeFacts) -> str:
    return "your provider" if to_member(facts) else "you"


def reach(facts: NoticeFacts) -> list[Run]:
    """`call 1-800-555-0110 (TTY 711)` as runs."""
    head = facts.letterhead
    return [
        keep(head.phone),
        f" (TTY {head.tty}{', ' + head.hours if head.hours else ''})",
    ]


def references(facts: NoticeFacts, *, authorization: str = "") -> list[dict[str, Any]]:
    """The small table at the top right: date, numbers, receipt."""
    request, zone = facts.request, facts.plan.zone
    rows: list[tuple[str, list[Run]]] = [
        ("Date", [wording.day(wording.local(facts.issued_at, zone))]),
        ("Reference", [code(request.reference)]),
    ]
    if authorization:
        only = ", approved services only" if any(one.outcome in ADVERSE for one in facts.lines) else ""
        rows.append(("Authorization", [code(authorization), *([only] if only else [])]))
    rows.append(("Received", [wording.moment(request.received_at, zone)]))
    return [{"label": label, "runs": runs} for label, runs in rows]


def who(facts: NoticeFacts) -> list[dict[str, Any]]:
    """The member and the plan."""
    member = facts.member
    rows: list[tuple[str, list[Run]]] = [("Member", [member.name])]
    if member.born_on:
        rows.append(("Date of birth", [wording.day(member.born_on)]))
    rows += [
        ("Member ID", [code(member.number, weighty=True)]),
        ("Plan", [facts.plan.name]),
    ]
    if facts.request.requester and to_member(facts):
        rows.append(("Requested by", [facts.request.requester]))
    return [{"label": label, "runs": runs} for label, runs in rows]


def services_asked(sheet: Sheet, facts: NoticeFacts, title: str) -> None:
    """What was asked for, before there is an answer."""
    rows = [[_service(line, _dates(line)), [wording.quantity(line.asked, line.unit)]] for line in facts.lines]
    columns = [{"text": "Service", "wide": True}, {"text": "Asked", "numeric": True}]
    sheet.add(
        heading(title),
        {"block": "table", "columns": columns, "rows": rows},
        says=[E.SERVICES],
    )


def services_decided(sheet: Sheet, facts: NoticeFacts) -> None:
    """Each line with what was asked, what was approved, and its outcome."""
    rows = [
        [
            _service(line, _dates(line) if line.outcome in APPROVED else ""),
            [wording.quantity(line.asked, line.unit)],
            [wording.quantity(line.approved, line.unit) if line.outcome in APPROVED else _nothing(line)],
            [_OUTCOMES[line.outcome]],
        ]
        for line in facts.lines
    ]
    columns = [
        {"text": "Service", "wide": True},
        {"text": "Asked", "numeric": True},
        {"text": "Approved", "numeric": True},
        {"text": "Outcome"},
    ]
    says = [E.SERVICES]
    if any(line.outcome in APPROVED for line in facts.lines):
        says.append(E.APPROVED)
    if any(line.outcome in ADVERSE for line in facts.lines):
        says.append(E.DENIED)
    sheet.add(
        heading("What we decided"),
        {"block": "table", "columns": columns, "rows": rows},
        says=says,
    )


def _nothing(line: Line) -> str:
    return "0" if line.outcome is Outcome.NOT_CERTIFIED else "–"


def _service(line: Line, under: str) -> list[Run]:
    runs: list[Run] = [code(line.key), f" {line.title}"]
    if under:
        runs.append(f"\n{under}")
    return runs


def _dates(line: Line) -> str:
    if line.starts_on and line.ends_on and line.starts_on != line.ends_on:
        return f"{wording.short_day(line.starts_on)} to {wording.short_day(line.ends_on)}"
    only = line.starts_on or line.ends_on
    return wording.short_day(only) if only else ""


def talk(sheet: Sheet, facts: NoticeFacts) -> None:
    """The call between physicians; under Medicare Advantage it explains and cannot change."""
    call = facts.peer_to_peer
    if call is None:
        return
    until = f" until {wording.day(call.until_on)}" if call.until_on else ""
    doctor = "Your doctor" if to_member(facts) else "The treating physician"
    where = " in the portal or" if not to_member(facts) else ""
    runs: list[Run] = [
        f"{doctor} can ask for a call{where} at ",
        keep(call.phone),
        f"{until}. ",
    ]
    if call.can_change and facts.plan.line_of_business is not LineOfBusiness.MEDICARE_ADVANTAGE:
        runs.append("New information given in the call can change this decision. ")
    else:
        runs += [
            "A call explains the reasons. It ", strong("cannot change this decision"), "; an appeal can. ",
        ]  # fmt: skip
    runs.append("A call does not use up or extend the time to appeal.")
    sheet.add(
        card("Talk with the doctor who decided", paragraph(*runs)),
        says=[E.PEER_TO_PEER],
    )


def appeal(sheet: Sheet, facts: NoticeFacts, item: ItemClass) -> None:
    """By when, how, how fast, by whom, and what the file holds."""
    rights, by, head = facts.rights, facts.appeal_by, facts.letterhead
    if rights is None or by is None:
        return
    ways: list[Run] = [
        "Call ", keep(head.appeal_phone), f" (TTY {head.tty}), fax ", keep(head.appeal_fax),
        (f", or write to {', '.join(head.appeal_address)}. Give the reference number and say why you disagree. "
        "You may add records or a letter from a doctor."),
    ]  # fmt: skip
    sheet.add(
        card(
            "Appeal",
            paragraph(
                f"{voice(facts, rights.who)} File by ", strong(wording.day(by)), f" ({rights.window}). "
                f"We answer within {rights.answered_within(item)}.",
            ),
            paragraph(strong("How: "), *ways),
            paragraph(strong("If waiting could do harm: "), voice(facts, rights.expedite)),
        ),
        says=[E.APPEAL_BY, E.APPEAL_HOW, E.APPEAL_EXPEDITED],
    )  # fmt: skip
    sheet.add(paragraph(strong("Somebody to act for you. " if to_member(facts) else "Representative. "),
                        voice(facts, rights.representative)), says=[E.REPRESENTATIVE])  # fmt: skip
    sheet.add(paragraph(strong("The case file. "), voice(facts, rights.file)), says=[E.FILE])
    _after_appeal(sheet, facts)


def _after_appeal(sheet: Sheet, facts: NoticeFacts) -> None:
    rights = facts.rights
    if rights is None:
        return
    if rights.afterwards:
        sentences = " ".join(voice(facts, one) for one in rights.afterwards)
        sheet.add(paragraph(strong("After the appeal. "), sentences), says=[E.AFTERWARDS])
    more = (
        ("State fair hearing. ", rights.hearing, E.HEARING),
        ("Keeping services going. ", rights.continuation, E.CONTINUATION),
        ("External review. ", rights.external_review, E.EXTERNAL_REVIEW),
        ("Help from the government. ", rights.government, E.GOVERNMENT),
    )
    for title, voices, element in more:
        if voices is not None:
            sheet.add(paragraph(strong(title), voice(facts, voices)), says=[element])


def help_lines(sheet: Sheet, facts: NoticeFacts) -> None:
    """The plan's own line first, then those of the tenant's list."""
    head = facts.letterhead
    points: list[list[Run]] = [[strong(head.name), ": ", *reach(facts)]]
    for one in head.help_lines:
        runs: list[Run] = [strong(one.name)]
        if one.phone:
            runs += [": ", keep(one.phone)]
        if one.url:
            runs += [
                ", " if one.phone else ": ",
                link(one.url.removeprefix("https://"), one.url),
            ]
        points.append(runs)
    sheet.add(heading("Who can help"), bullets(points), says=[E.HELP, E.PLAN_CONTACT])


def foot(sheet: Sheet, facts: NoticeFacts, *, adverse: bool, limits: str = "") -> None:
    """Language help on every letter; the whole notice of availability for members; non-discrimination."""
    head = facts.letterhead
    english: list[Run] = [
        "Free language help and other formats (large print, braille, audio): ", *reach(facts), ".",
    ]  # fmt: skip
    sheet.add_foot(paragraph(*english), says=[E.LANGUAGE_HELP, E.PLAN_CONTACT])
    for one in head.languages if to_member(facts) else head.languages[:1]:
        sheet.add_foot(paragraph({"text": one.words, "lang": one.language}))
    if adverse:
        sheet.add_foot(
            paragraph(
                f"{head.name} follows federal civil rights law and does not discriminate on the basis of race, "
                "color, national origin, age, disability or sex. To complain, call us, or the Office for Civil "
                "Rights at ", keep("1-800-368-1019"), " (TDD ", keep("1-800-537-7697"), ").",
            ),
            says=[E.NON_DISCRIMINATION],
        )  # fmt: skip
    if limits:
        sheet.add_foot(paragraph(limits), says=[E.LIMITS])
