"""A requested service as one row of a table: what was asked, what was given, and the share drawn as cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from forthwith.domain.words import Outcome
from forthwith.interfaces.web.presenting import dates
from forthwith.interfaces.web.presenting.status import Status, status_of_outcome

SHARE_TONES = {"certified": "approve", "modified": "partial", "not_certified": "deny"}


@dataclass(frozen=True, slots=True)
class Line:
    """One service line as a page shows it."""

    code: str
    text: str
    sub: str
    status: Status
    requested: str
    approved: str
    share: tuple[int, int]
    unit_word: str
    tone: str
    dates: str
    reason: str = ""


def shown_code(key: str) -> str:
    """Service keys are written `SVC:ESI-TF1` and shown `SVC-ESI-TF1`."""
    return key.replace(":", "-")


def plain(number: Decimal | int) -> str:
    """`12` for 12.000, `2.5` for 2.500."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_word(count: Decimal | int | None, word: str) -> str:
    """`session` for one, `sessions` for any other count; abbreviations such as `mg` stay as they are."""
    if len(word) < 3:
        return word
    singular = word.removesuffix("s")
    return singular if count == 1 else f"{singular}s"


def _approved(approved: Decimal | int | None, outcome: str) -> str:
    """Nothing approved of what was refused is 0; of what is open or needs nothing there is no number."""
    if approved is None:
        return "0" if outcome == Outcome.NOT_CERTIFIED else "–"
    return plain(approved)


def line(
    *,
    service: str,
    text: str,
    outcome: str,
    requested: Decimal | int,
    approved: Decimal | int | None,
    unit: str = "units",
    sub: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    reason: str = "",
) -> Line:
    """A line of an authorization (units in the service's own unit, dates are calendar days)."""
    return Line(
        code=shown_code(service),
        text=text,
        sub=sub,
        status=status_of_outcome(outcome),
        requested=plain(requested),
        approved=_approved(approved, outcome),
        share=(int(approved or 0), int(requested)),
        unit_word=unit_word(requested, unit),
        tone=SHARE_TONES.get(outcome, "calm"),
        dates=dates.short_period(starts_on, ends_on),
        reason=reason,
    )
