"""The notices on the way to a decision: receipt, request for information, extension, withdrawal."""

from __future__ import annotations

from ..words import Urgency
from . import parts, wording
from .elements import Element as E
from .facts import NoticeFacts, NoticeKind
from .sheet import Run, Sheet, code, heading, paragraph, steps, strong

TITLES = {
    NoticeKind.RECEIPT: "We received your request",
    NoticeKind.INFORMATION: "We need more information",
    NoticeKind.EXTENSION: "We need more time",
    NoticeKind.WITHDRAWAL: "Request withdrawn",
}


def title(kind: NoticeKind, facts: NoticeFacts) -> str:
    if kind is NoticeKind.RECEIPT and parts.to_member(facts):
        return "We received a request for your care"
    return "Please complete your request" if _comes_back(kind, facts) else TITLES[kind]


def _comes_back(kind: NoticeKind, facts: NoticeFacts) -> bool:
    return kind is NoticeKind.INFORMATION and facts.sent_back and not parts.to_member(facts)


def answer(kind: NoticeKind, facts: NoticeFacts) -> list[Run]:
    """The first sentences."""
    zone = facts.plan.zone
    if kind is NoticeKind.RECEIPT:
        return [
            strong(f"We have the request of {wording.moment(facts.request.received_at, zone)}."),
            *_due(facts),
        ]
    if kind is NoticeKind.INFORMATION:
        by = wording.moment(facts.reply_by, zone) if facts.reply_by else ""
        return [strong(f"Please send us what is listed below{f' by {by}' if by else ''}.")]
    if kind is NoticeKind.EXTENSION:
        return [strong("We are taking more time to decide this request."), *_due(facts)]
    return [strong("This request was withdrawn. We will not decide it.")]


def _due(facts: NoticeFacts) -> list[Run]:
    if facts.request.due_at is None:
        return []
    return [
        " You will have our answer by ",
        strong(wording.moment(facts.request.due_at, facts.plan.zone)),
        ".",
    ]


def write(sheet: Sheet, kind: NoticeKind, facts: NoticeFacts) -> None:
    """The body of a notice on the way."""
    sheet.said.add(E.RECEIVED)
    _BODIES[kind](sheet, facts)
    parts.foot(sheet, facts, adverse=False)


def _receipt(sheet: Sheet, facts: NoticeFacts) -> None:
    if facts.request.due_at is not None:
        sheet.said.add(E.DUE)
    parts.services_asked(sheet, facts, "What was asked")
    pace = (
        "It is being handled as an expedited request." if facts.request.urgency is Urgency.EXPEDITED
        else "It is being handled as a standard request. If waiting could seriously harm the member's life, health or "
        "ability to regain full function, tell us and we will treat it as expedited."
    )  # fmt: skip
    sheet.add(heading("What happens now"), paragraph(pace))
    _not_an_approval(sheet, facts)
    sheet.add(paragraph(
        "If we need more, we will ask for it. You can add records, follow the request, or withdraw it at any time",
        " by calling ", *parts.reach(facts), ".",
    ))  # fmt: skip


def _not_an_approval(sheet: Sheet, facts: NoticeFacts) -> None:
    sheet.add(
        paragraph("The reference number ", code(facts.request.reference), " finds this request. It is ",
                  strong("not an approval"), "; an authorization number is given only when a service is approved."),
        says=[E.NOT_AN_APPROVAL],
    )  # fmt: skip


def _information(sheet: Sheet, facts: NoticeFacts) -> None:
    points: list[list[Run]] = [[one.words, *([f" {one.why}"] if one.why else [])] for one in facts.asked]
    sheet.add(heading("What we need"), steps(points), says=[E.QUESTIONS] if points else [])
    sheet.add(heading("How to send it"), paragraph(
        "Answer on the request's page in the portal" if not parts.to_member(facts) else "Ask your provider's office to send it",
        ", or call ", *parts.reach(facts), ". Put the reference number on every page.",
    ))  # fmt: skip
    silence: list[Run] = [
        "Sending it does not start the request again: its place and its time of receipt stay as they are. "
    ]
    if facts.reply_by is not None:
        silence += ["If we have not heard by then, a reviewer decides on what we have. Silence never closes a request."]
        sheet.said.update((E.REPLY_BY, E.ON_SILENCE))
    sheet.add(paragraph(*silence))
    parts.services_asked(sheet, facts, "What was asked")
    _not_an_approval(sheet, facts)


def _extension(sheet: Sheet, facts: NoticeFacts) -> None:
    if facts.request.due_at is not None:
        sheet.said.add(E.DUE)
    _because(sheet, facts, "Why we need more time")
    if facts.rights is not None and facts.rights.extension_grievance is not None:
        sheet.add(heading("If you disagree with the delay"), paragraph(
            parts.voice(facts, facts.rights.extension_grievance), " Call ", *parts.reach(facts), ".",
        ), says=[E.GRIEVANCE])  # fmt: skip
    parts.services_asked(sheet, facts, "What was asked")


def _withdrawal(sheet: Sheet, facts: NoticeFacts) -> None:
    _because(sheet, facts, "Why it was withdrawn")
    sheet.add(heading("If the care is still needed"), paragraph(
        "Send a new request at any time. A withdrawal is not a denial, and says nothing about whether the care is covered.",
    ), says=[E.ASK_AGAIN])  # fmt: skip
    parts.services_asked(sheet, facts, "What was asked")


def _because(sheet: Sheet, facts: NoticeFacts, words: str) -> None:
    if facts.why:
        sheet.add(heading(words), paragraph(facts.why), says=[E.WHY])


_BODIES = {
    NoticeKind.RECEIPT: _receipt,
    NoticeKind.INFORMATION: _information,
    NoticeKind.EXTENSION: _extension,
    NoticeKind.WITHDRAWAL: _withdrawal,
}
