"""Until which day an appeal may be filed. What an appeal is and who decides it is not said here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ..allowances import AllowanceBook
from ..words import LineOfBusiness
from .refusals import NotInForce


@dataclass(frozen=True, slots=True)
class AppealBy:
    """The last day to file (a day in the plan's zone), and the rule that says so."""

    last_on: date
    days: int
    rule: str
    version: str
    authority: str
    citation: str


def appeal_by(notice_on: date, lob: LineOfBusiness, book: AllowanceBook) -> AppealBy:
    """The last day to appeal a determination whose notice bears this date; the next day is day 1.

    Late filing for good cause is a decision of people. Raises NotInForce when
    the book has no window for the line of business on that day.
    """
    for window in book.appeals:
        if window.lob == lob and window.in_force(notice_on):
            return AppealBy(
                last_on=notice_on + timedelta(days=window.days),
                days=window.days,
                rule=window.id,
                version=window.effective_from.isoformat(),
                authority=window.authority,
                citation=window.citation,
            )
    why = f"No time to appeal is known for {lob} and a notice of {notice_on}."
    raise NotInForce(why, field="notice_on")
