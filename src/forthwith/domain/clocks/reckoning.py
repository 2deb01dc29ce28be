"""Every matching rule evaluated, and the earliest that governs found."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ..allowances import Allowance, AllowanceBook, Layer, UnknownServiceLevel
from .case import Case, Moments
from .clock import Clock, Due, earliest
from .refusals import CaseInvalid, ExtensionRefused, NotInForce
from .running import Counting, Run, run

_REGULATORY = (Layer.FEDERAL, Layer.STATE)
_NOT_ACCREDITED = "Governs only where the plan is accredited."
_SERVICE_LEVEL_ENDED = "A service level stops governing once a regulatory time is extended."


def reckon(case: Case, moments: Moments, book: AllowanceBook) -> Clock:
    """The clock of one line: all dues, and the earliest of those that govern.

    Effective dates are compared with the day of receipt in the plan's zone. A
    clock without any governing rule has `governing` None. Raises
    ExtensionRefused when an extension was taken that no governing regulation
    gives, NotInForce when the line of business has rules but none in force on
    that day, CaseInvalid for an unknown service level.
    """
    counting = Counting.of(case)
    rules = rules_for(case, moments.received_at.astimezone(counting.zone).date(), book)
    runs = [(rule, run(rule, moments, counting)) for rule in rules]
    if moments.extended_at is not None:
        require_extension(case, runs)
    levels_end = any(ran.extended and bars(rule, ran, case) is None for rule, ran in _regulatory(runs))
    dues = tuple(_due(rule, ran, case, moments, levels_end) for rule, ran in runs)
    return Clock(earliest(due for due in dues if due.governs), dues)


def rules_for(case: Case, on: date, book: AllowanceBook) -> list[Allowance]:
    """The versions in force on a day of every rule that matches. Raises NotInForce and CaseInvalid."""
    try:
        matching = book.matching(case.lob, case.item, case.urgency, case.timing, case.state, case.service_levels)
    except UnknownServiceLevel as error:
        raise CaseInvalid(str(error), field="service_levels") from error
    in_force = [rule for rule in matching if rule.in_force(on)]
    federal = [rule for rule in matching if rule.layer is Layer.FEDERAL]
    if federal and not any(rule.layer is Layer.FEDERAL for rule in in_force):
        first = min(rule.effective_from for rule in federal)
        why = f"No version of {federal[0].id} was in force on {on}; the first begins on {first}."
        raise NotInForce(why, field="received_at")
    return in_force


def bars(rule: Allowance, ran: Run, case: Case) -> str | None:
    """Why this rule does not govern the case; None when it does (service levels apart)."""
    if rule.pre_emption is not None and case.lob in rule.pre_emption.lobs:
        return f"Pre-empted ({rule.pre_emption.citation})."
    if rule.layer is Layer.ACCREDITATION and not case.accredited:
        return _NOT_ACCREDITED
    return ran.note if ran.due_at is None else None


def require_extension(case: Case, runs: list[tuple[Allowance, Run]]) -> None:
    """Refuse an extension that no governing regulation gives, with the rule's own words."""
    governing = [(rule, ran) for rule, ran in _regulatory(runs) if bars(rule, ran, case) is None]
    if any(ran.extended for _, ran in governing):
        return
    if not governing:
        raise ExtensionRefused("No rule sets a time here, so there is none to extend.", field="extended_at")
    rule, ran = min(governing, key=lambda one: (one[0].layer is not Layer.FEDERAL, one[0].id))
    words = rule.no_extension if rule.extension is None else ran.note
    raise ExtensionRefused(f"{words} ({rule.citation})", field="extended_at")


def _regulatory(runs: list[tuple[Allowance, Run]]) -> list[tuple[Allowance, Run]]:
    return [(rule, ran) for rule, ran in runs if rule.layer in _REGULATORY]


def _due(rule: Allowance, ran: Run, case: Case, moments: Moments, levels_end: bool) -> Due:
    bar = bars(rule, ran, case)
    if bar is None and levels_end and rule.layer is Layer.SERVICE_LEVEL:
        bar = _SERVICE_LEVEL_ENDED
    stopped = moments.notified_at if rule.notify else moments.decided_at
    return Due(
        rule=rule.id,
        version=rule.version,
        layer=rule.layer,
        authority=rule.authority,
        citation=rule.citation,
        allowance=rule.text,
        started_at=ran.started_at,
        due_at=ran.due_at,
        governs=bar is None,
        note=ran.note if bar is None else bar,
        on_breach=rule.on_breach,
        notify=bool(rule.notify),
        extended=ran.extended,
        stopped_at=_utc(stopped),
    )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
