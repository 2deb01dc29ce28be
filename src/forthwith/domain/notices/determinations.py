"""The notices of a determination: approval, partial approval, denial, not required.

An administrative denial is labelled so, and speaks of coverage only. A denial says the decider's
reason verbatim, the criterion, what would change it, and every right against it.
"""

from __future__ import annotations

from ..words import Basis, ItemClass, LineOfBusiness, Outcome
from . import parts, wording
from .elements import Element as E
from .facts import Line, NoticeFacts, NoticeKind
from .sheet import Run, Sheet, bullets, heading, link, paragraph, strong

LIMITS = (
    "Approval is of medical need. It is not a promise of payment: coverage must be active on the day of service, "
    "and the plan's benefits and limits apply."
)
_NOT_REQUIRED_LIMITS = (
    "That no authorization is needed is not a promise of payment: coverage must be active on the day of "
    "service, and the plan's benefits and limits apply."
)


def is_clinical(facts: NoticeFacts) -> bool:
    """Was any part refused on clinical grounds?"""
    return any(reason.basis is Basis.CLINICAL for reason in facts.reasons)


def title(kind: NoticeKind, facts: NoticeFacts) -> str:
    if kind is NoticeKind.APPROVAL:
        return "Notice of approval"
    if kind is NoticeKind.PARTIAL_APPROVAL:
        return "Notice of partial approval"
    if kind is NoticeKind.NOT_REQUIRED:
        return "No authorization is needed"
    return "Notice of denial" if is_clinical(facts) else "Notice of administrative denial"


def answer(kind: NoticeKind, facts: NoticeFacts) -> list[Run]:
    """The first sentences: the whole answer, before anything else."""
    whose = parts.asker(facts)
    if kind is NoticeKind.NOT_REQUIRED:
        return [
            strong(f"The services {whose} asked for need no authorization from us."),
            " Nothing more is to be sent.",
        ]
    if kind is NoticeKind.DENIAL:
        administrative = " This is an administrative decision about coverage and benefits."
        label: list[Run] = [] if is_clinical(facts) else [administrative]
        return [strong(_refused(facts, whose)), *label, *_others(facts)]
    return [strong(_approved(facts, whose)), *_span(facts), *_others(facts)]


def _refused(facts: NoticeFacts, whose: str) -> str:
    n, total = sum(line.outcome is Outcome.NOT_CERTIFIED for line in facts.lines), len(facts.lines)
    if n < total:
        which = f"{wording.count(n)} of the {wording.count(total)} services"
    elif total == 1:
        which = "the service"
    else:
        which = "either of the two services" if total == 2 else f"any of the {wording.count(total)} services"
    return f"We did not approve {which} {whose} asked for."


def _approved(facts: NoticeFacts, whose: str) -> str:
    in_part = sum(line.outcome is Outcome.MODIFIED for line in facts.lines)
    approved = in_part + sum(line.outcome is Outcome.CERTIFIED for line in facts.lines)
    total = len(facts.lines)
    if total == 1:
        return f"We approved {'part of what' if in_part else 'the service'} {whose} asked for."
    part = ", in part" if in_part else ""
    if 0 < in_part < approved:
        part = f", {wording.count(in_part)} of them in part"
    every = "both services" if total == 2 else f"all {wording.count(total)} services"
    some = f"{wording.count(approved)} of the {wording.count(total)} services"
    return f"We approved {every if approved == total else some} {whose} asked for{part}."


def _others(facts: NoticeFacts) -> list[Run]:
    """Lines that needed no decision of ours."""
    n = sum(line.outcome is Outcome.NOT_REQUIRED for line in facts.lines)
    if not n:
        return []
    return [f" {wording.count(n).capitalize()} of the services needs no authorization." if n == 1
            else f" {wording.count(n).capitalize()} of the services need no authorization."]  # fmt: skip


def _span(facts: NoticeFacts) -> list[Run]:
    """The dates in a sentence, where all approved lines share them."""
    spans = {(one.starts_on, one.ends_on) for one in facts.lines if one.outcome in parts.APPROVED}
    if len(spans) != 1:
        return []
    ((starts, ends),) = spans
    if starts is None or ends is None:
        return []
    if starts == ends:
        return [f" Approved care may take place on {wording.day(starts)}."]
    return [f" Approved care may take place from {wording.day(starts)} to {wording.day(ends)}."]


def write(sheet: Sheet, kind: NoticeKind, facts: NoticeFacts, item: ItemClass) -> None:
    """The body of a determination."""
    if kind is NoticeKind.NOT_REQUIRED:
        _write_not_required(sheet, facts)
        return
    adverse = kind is not NoticeKind.APPROVAL
    parts.services_decided(sheet, facts)
    if kind is not NoticeKind.DENIAL and facts.request.authorization_number:
        sheet.said.add(E.AUTHORIZATION_NUMBER)
    if adverse:
        _why(sheet, kind, facts)
    _how_decided(sheet, facts, adverse=adverse)
    if adverse:
        sheet.said.add(E.RECEIVED)
        _disagree(sheet, facts, item)
    parts.foot(
        sheet,
        facts,
        adverse=adverse,
        limits=LIMITS if kind is not NoticeKind.DENIAL else "",
    )


def _write_not_required(sheet: Sheet, facts: NoticeFacts) -> None:
    parts.services_asked(sheet, facts, "What was asked")
    sheet.said.add(E.RECEIVED)
    sheet.add(paragraph(
        "Keep this letter with the record. If the service, the place or the date changes, look again before the service is given.",
    ))  # fmt: skip
    parts.foot(sheet, facts, adverse=False, limits=_NOT_REQUIRED_LIMITS)


def _why(sheet: Sheet, kind: NoticeKind, facts: NoticeFacts) -> None:
    titles = {line.key: line for line in facts.lines}
    sheet.add(heading("Why part was not approved" if kind is NoticeKind.PARTIAL_APPROVAL else "Why we did not approve"))
    if not is_clinical(facts):
        sheet.add(
            paragraph("This is an ", strong("administrative (benefit) denial"), ": it rests on the plan's coverage rules."),
            says=[E.ADMINISTRATIVE],
        )  # fmt: skip
    sheet.add(
        bullets(_grouped([(one.words, one.lines) for one in facts.reasons], titles)),
        says=[E.REASON],
    )
    changes = [(words, one.lines) for one in facts.reasons for words in one.would_change.splitlines() if words.strip()]
    if changes:
        sheet.add(
            heading("What would change this"),
            bullets(_grouped(changes, titles)),
            says=[E.WOULD_CHANGE],
        )


def _grouped(said: list[tuple[str, tuple[str, ...]]], titles: dict[str, Line]) -> list[list[Run]]:
    """The words with the lines that they are about; the same words for several lines are said once."""
    lines_of: dict[str, list[str]] = {}
    for words, keys in said:
        lines_of.setdefault(words, []).extend(keys)
    points: list[list[Run]] = []
    for words, about_lines in lines_of.items():
        named = list(dict.fromkeys(about_lines))
        about: list[Run] = [strong(f"{wording.listed(named)}. ")] if named and len(titles) > 1 else []
        points.append([*about, words])
    return points


def _how_decided(sheet: Sheet, facts: NoticeFacts, *, adverse: bool) -> None:
    runs: list[Run] = []
    if facts.citations:
        runs += ["We used "]
        for i, one in enumerate(facts.citations):
            named = f"{one.label} ({one.title})" if one.title else one.label
            runs += [" and " if i and i == len(facts.citations) - 1 else ", " if i else ""]
            runs += [link(named, one.url) if one.url else named]
        runs += [", as applied by the plan, and the records sent to us. "]
        sheet.said.add(E.CITATION)
    if adverse:
        runs.append("Ask us for a free copy of any rule or criterion that we used. ")
        sheet.said.add(E.CRITERIA_COPY)
    runs.append(_decided_by(facts))
    runs.append(" Decisions rest only on whether care is appropriate and covered. We reward nobody for denying coverage."
                if adverse else "")  # fmt: skip
    sheet.add(
        heading("How we decided"),
        paragraph(*[run for run in runs if run]),
        says=[E.DECIDER],
    )


def _decided_by(facts: NoticeFacts) -> str:
    who = facts.decider
    if who is None:
        return "The request met the plan's published criteria, and was approved by them without waiting for a reviewer."
    return f"{who.name}, {who.specialty}, made this decision." if who.specialty else f"{who.name} made this decision."


def _disagree(sheet: Sheet, facts: NoticeFacts, item: ItemClass) -> None:
    sheet.add(heading("If you disagree"))
    if is_clinical(facts):
        parts.talk(sheet, facts)
    parts.appeal(sheet, facts, item)
    if not parts.to_member(facts):
        member = "The member is sent a notice of their own, with their own rights."
        extra = " Nothing here limits what a contract gives a provider." if (
            facts.plan.line_of_business is not LineOfBusiness.MEDICARE_ADVANTAGE) else ""  # fmt: skip
        sheet.add(paragraph(member + extra))
    parts.help_lines(sheet, facts)
