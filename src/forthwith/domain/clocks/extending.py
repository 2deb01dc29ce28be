"""May the time be extended, by how much, for which reasons, and what must the member be told?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..allowances import Allowance, AllowanceBook, Layer, Length, Reason
from .case import Case, Moments
from .reckoning import reckon, rules_for
from .refusals import ExtensionRefused
from .running import Counting


@dataclass(frozen=True, slots=True)
class PossibleExtension:
    """What a page offers. When not `allowed`, `words` says why, in the rule's words.

    `until` is the governing due after the extension (UTC); `changes` is False where
    another rule still governs, so that extending gains nothing.
    """

    allowed: bool
    words: str
    rule: str = ""
    citation: str = ""
    length: Length | None = None
    reasons: tuple[Reason, ...] = ()
    notice: str = ""
    until: datetime | None = None
    changes: bool = False

    @property
    def days(self) -> int | None:
        """By how many days; None when it is not allowed."""
        return None if self.length is None else self.length.duration

    def reason(self, key: str) -> Reason:
        """The lawful reason with this key. Raises ExtensionRefused when the rule knows no such reason."""
        for one in self.reasons:
            if one.key == key:
                return one
        known = ", ".join(one.key for one in self.reasons) or "none"
        raise ExtensionRefused(f"{key!r} is no lawful reason; lawful: {known}.", field="reason")


def possible_extension(
    case: Case, moments: Moments, book: AllowanceBook, *, at: datetime | None = None
) -> PossibleExtension:
    """Whether the time may be extended (at this instant, when given), and what that would do.

    Raises what `reckon` raises for the moments as they are.
    """
    if moments.extended_at is not None:  # asked first: the request may be extended while this line's rule gives none
        return PossibleExtension(False, "The time has been extended once; it cannot be extended again.")
    before = reckon(case, moments, book)
    if moments.decided_at is not None:
        return PossibleExtension(False, "The request is decided; only its notice is still owed.")
    if any(due.extended and due.governs for due in before.dues):
        return PossibleExtension(False, "Asking for information was itself the one extension.")
    try:
        after = reckon(case, replace(moments, extended_at=at or moments.received_at), book)
    except ExtensionRefused as refusal:
        return PossibleExtension(False, str(refusal))
    extended = {due.rule for due in after.dues if due.extended and due.governs}
    rule = _first_regulatory(case, moments, book, extended)
    assert rule.extension is not None and after.governing is not None and before.governing is not None
    return PossibleExtension(
        allowed=True,
        words="",
        rule=rule.id,
        citation=rule.citation,
        length=rule.extension.length,
        reasons=rule.extension.reasons,
        notice=rule.extension.notice,
        until=after.governing.due_at,
        changes=after.governing.due_at != before.governing.due_at,
    )


def _first_regulatory(case: Case, moments: Moments, book: AllowanceBook, extended: set[str]) -> Allowance:
    on = moments.received_at.astimezone(Counting.of(case).zone).date()
    rules = [rule for rule in rules_for(case, on, book) if rule.id in extended]
    order = list(Layer)
    return min(rules, key=lambda rule: (order.index(rule.layer), rule.id))
