"""Facts become the content document of one copy of one notice, complete or refused.

The document is everything that the letter says, as plain values (text, integers, flags, lists):
the page shows it, the PDF prints it, and its hash is its identity. The same facts give the same
document. Nothing here knows about paper or storage.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from ..outcomes import roll_up
from ..words import ItemClass, Outcome, Status
from . import determinations, parts, progress, wording
from .elements import ADVERSE_KINDS, Element, required
from .facts import NoticeFacts, NoticeKind
from .sheet import Sheet, storable

SCHEMA: Final = "forthwith.letter/1"

_TONES = {
    NoticeKind.RECEIPT: "review",
    NoticeKind.APPROVAL: "approve",
    NoticeKind.PARTIAL_APPROVAL: "partial",
    NoticeKind.DENIAL: "deny",
    NoticeKind.NOT_REQUIRED: "calm",
    NoticeKind.INFORMATION: "pend",
    NoticeKind.EXTENSION: "pend",
    NoticeKind.WITHDRAWAL: "calm",
}
_DETERMINATIONS = {
    Status.APPROVED: NoticeKind.APPROVAL,
    Status.PARTIALLY_APPROVED: NoticeKind.PARTIAL_APPROVAL,
    Status.DENIED: NoticeKind.DENIAL,
    Status.NOT_REQUIRED: NoticeKind.NOT_REQUIRED,
}


class NoticeIncomplete(ValueError):
    """This notice would lack something that it must say, so it was not written."""

    def __init__(self, kind: NoticeKind, lacking: Iterable[str]) -> None:
        self.kind, self.lacking = kind, tuple(sorted(lacking))
        super().__init__(f"{kind} notice: it must say, and nothing was given for: {'; '.join(self.lacking)}")


def determination_kind(outcomes: Iterable[Outcome]) -> NoticeKind | None:
    """Which notice these decided lines owe; None while any is pended, or where none was decided here."""
    status = roll_up(outcomes)
    return _DETERMINATIONS.get(status) if status is not None else None


def compose(kind: NoticeKind, facts: NoticeFacts, *, item: ItemClass = ItemClass.SERVICE) -> dict[str, Any]:
    """The content document of this notice; raises NoticeIncomplete naming all that is missing.

    `item` chooses the time in which an appeal is answered (a Part B drug has a shorter one).
    """
    sheet = Sheet()
    on_the_way = kind in progress.TITLES
    if on_the_way:
        progress.write(sheet, kind, facts)
    else:
        determinations.write(sheet, kind, facts, item)
    sheet.said.update(_said_by_the_head(facts))
    _refuse_gaps(kind, facts, sheet.said)
    writer = progress if on_the_way else determinations
    return cast(dict[str, Any], storable(_document(kind, facts, sheet, writer)))


def _document(kind: NoticeKind, facts: NoticeFacts, sheet: Sheet, writer: Any) -> dict[str, Any]:
    head, recipient = facts.letterhead, facts.recipient
    numbered = kind in (NoticeKind.APPROVAL, NoticeKind.PARTIAL_APPROVAL)
    return {
        "schema": SCHEMA,
        "kind": str(kind),
        "audience": str(recipient.audience),
        "language": facts.language,
        "title": writer.title(kind, facts),
        "tone": _TONES[kind],
        "number": facts.request.reference,
        "dated": wording.local(facts.issued_at, facts.plan.zone).date().isoformat(),
        "letterhead": {"name": head.name, "lines": [head.department, *head.address]},
        "refs": parts.references(facts, authorization=facts.request.authorization_number if numbered else ""),
        "to": [recipient.name, *recipient.address],
        "who": parts.who(facts),
        "salutation": f"Dear {recipient.greeting or recipient.name}:",
        "answer": writer.answer(kind, facts),
        "blocks": sheet.blocks,
        "sign": _signature(facts),
        "foot": sheet.foot,
        "synthetic": head.synthetic,
        "notice": "Synthetic data. No real people, plans or providers." if head.synthetic else "",
        "page_word": "Page",
        "of_word": "of",
        "says": sorted(sheet.said),
    }


def _signature(facts: NoticeFacts) -> list[str]:
    head, who = facts.letterhead, facts.decider
    if who is None:
        return [f"{head.department}, {head.name}"]
    return [who.name, who.title or head.department]


def _said_by_the_head(facts: NoticeFacts) -> set[Element]:
    given = {
        Element.DATE: True,
        Element.MEMBER_NAME: bool(facts.member.name.strip()),
        Element.MEMBER_NUMBER: bool(facts.member.number.strip()),
        Element.REFERENCE: bool(facts.request.reference.strip()),
    }
    return {element for element, there in given.items() if there}


def _refuse_gaps(kind: NoticeKind, facts: NoticeFacts, said: set[Element]) -> None:
    clinical = determinations.is_clinical(facts)
    lacking = {str(one) for one in required(kind, facts.plan.line_of_business, clinical=clinical) - said}
    if not facts.lines:
        lacking.add(str(Element.SERVICES))
    if kind in ADVERSE_KINDS:
        lacking |= _reasons_lacking(facts)
    if kind is not NoticeKind.NOT_REQUIRED and kind not in progress.TITLES:
        decided = determination_kind(line.outcome for line in facts.lines)
        if decided is not kind:
            lacking.add(f"line outcomes that amount to a {kind} (these amount to {decided or 'no determination yet'})")
    if lacking:
        raise NoticeIncomplete(kind, lacking)


def _reasons_lacking(facts: NoticeFacts) -> set[str]:
    """A named person, and a reason in words for every line that was refused or reduced."""
    lacking = set()
    if facts.decider is None:
        lacking.add(str(Element.DECIDER))
    explained = {key for reason in facts.reasons if reason.words.strip() for key in reason.lines}
    everywhere = any(reason.words.strip() and not reason.lines for reason in facts.reasons)
    for line in facts.lines:
        if line.outcome in parts.ADVERSE and not everywhere and line.key not in explained:
            lacking.add(f"{Element.REASON} for {line.key}")
    return lacking
