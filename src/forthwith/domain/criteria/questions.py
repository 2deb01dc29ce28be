"""Questions: what the office is asked, and how its answers are read.

An unanswered question is no error: a reviewer can work with the rest. An
answer that cannot be read is, and the message says what to enter. Which
question is shown is the package's affair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from .expressions import Condition
from .facts import FactSpec, FactType
from .words import long_date

NOT_RECORDED = frozenset({"", "unknown", "not_recorded", "not recorded"})
YES = frozenset({"yes", "true", "y", "1", "on"})
NO = frozenset({"no", "false", "n", "0"})
LONGEST_TEXT = 2000


class Choice(NamedTuple):
    """One answer offered: its value, what people read, a hint."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its words, its type and bounds, and the fact that its answer feeds."""

    key: str
    type: FactType
    wording: str
    fact: str
    label: str
    help: str = ""
    why: str = ""
    group: str = ""
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[Choice, ...] = ()
    not_in_future: bool = False
    longest: int = LONGEST_TEXT
    shown_if: Condition | None = None

    def spec(self) -> FactSpec:
        """The fact that this question feeds, as the trees know it."""
        return FactSpec(
            name=self.fact,
            type=self.type,
            label=self.label,
            unit=self.unit,
            choices={choice.value: choice.label for choice in self.choices},
            minimum=self.minimum,
            maximum=self.maximum,
        )

    def read(self, raw: object, *, today: date | None = None) -> object | None:
        """The typed answer; None when nothing was answered. Raises ValueError in plain words.

        A choice may come alone or as a list of one; a date as ISO text or as a list of month, day, year.
        """
        if self.type is FactType.CHOICES:
            return self._choices(raw)
        if isinstance(raw, (list, tuple)) and self.type is not FactType.DATE:
            if len(raw) > 1:
                raise ValueError("Give one answer")
            raw = raw[0] if raw else None
        if raw is None or (isinstance(raw, str) and raw.strip().lower() in NOT_RECORDED):
            return None
        match self.type:
            case FactType.BOOLEAN:
                return self._boolean(raw)
            case FactType.INTEGER | FactType.DECIMAL:
                return self._number(raw)
            case FactType.DATE:
                return self._date(raw, today)
            case FactType.CHOICE:
                return self._choice(raw)
        return self._text(raw)

    def _boolean(self, raw: object) -> bool:
        if isinstance(raw, bool):
            return raw
        word = str(raw).strip().lower()
        if word in YES:
            return True
        if word in NO:
            return False
        raise ValueError("Answer Yes, No or Not recorded")

    def _number(self, raw: object) -> int | Decimal:
        whole = self.type is FactType.INTEGER
        number = _decimal(raw)
        low, high = self.minimum, self.maximum
        if (
            number is None
            or (whole and number != number.to_integral_value())
            or (low is not None and number < low)
            or (high is not None and number > high)
        ):
            raise ValueError(self._number_wanted(whole))
        return int(number) if whole else number

    def _number_wanted(self, whole: bool) -> str:
        what = "a whole number" if whole else "a number"
        if self.unit and self.unit != "%" and " " not in self.unit:
            what += f" of {self.unit}"
        if self.minimum is not None and self.maximum is not None:
            return f"Enter {what} from {self.minimum} to {self.maximum}"
        if self.minimum is not None:
            return f"Enter {what}, {self.minimum} or more"
        return f"Enter {what}" + (f", {self.maximum} or less" if self.maximum is not None else "")

    def _date(self, raw: object, today: date | None) -> date | None:
        if isinstance(raw, (list, tuple)) and not any(str(part).strip() for part in raw):
            return None
        day = _day(raw)
        if day is None or day.year < 1900:
            raise ValueError("Enter a date, for example 9 21 2026")
        if self.not_in_future and today is not None and day > today:
            raise ValueError(f"{self.label} must be today, {long_date(today)}, or earlier")
        return day

    def _choice(self, raw: object) -> str:
        for choice in self.choices:
            if raw == choice.value:
                return choice.value
        raise ValueError("Choose one of the answers offered")

    def _choices(self, raw: object) -> tuple[str, ...] | None:
        several = raw if isinstance(raw, (list, tuple)) else [] if raw is None else [raw]
        given = [one for one in several if not (isinstance(one, str) and one.strip().lower() in NOT_RECORDED)]
        offered = [choice.value for choice in self.choices]
        if any(one not in offered for one in given):
            raise ValueError("Choose among the answers offered")
        chosen = tuple(value for value in offered if value in given)
        if "none" in chosen and len(chosen) > 1:
            raise ValueError("Choose either “None of these” or the answers that apply")
        return chosen or None

    def _text(self, raw: object) -> str:
        text = str(raw).strip()
        if "\x00" in text:
            raise ValueError("Remove the characters that cannot be printed")
        if len(text) > self.longest:
            raise ValueError(f"Use {self.longest} characters or fewer; this has {len(text)}")
        return text


def read_answers(
    questions: Sequence[Question], raw: Mapping[str, Any], *, today: date | None = None
) -> tuple[dict[str, object], dict[str, str]]:
    """Typed answers, and what is wrong, by question key. Keys that no question has are ignored."""
    answers: dict[str, object] = {}
    errors: dict[str, str] = {}
    for question in questions:
        try:
            answer = question.read(raw.get(question.key), today=today)
        except ValueError as wrong:
            errors[question.key] = str(wrong)
            continue
        if answer is not None:
            answers[question.key] = answer
    return answers, errors


def _decimal(raw: object) -> Decimal | None:
    if isinstance(raw, bool):
        return None
    text = str(raw).strip().replace(",", "") if isinstance(raw, str) else str(raw)
    if len(text) > 40:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 20 else None


def _day(raw: object) -> date | None:
    if isinstance(raw, date):
        return raw.date() if isinstance(raw, datetime) else raw
    try:
        if isinstance(raw, (list, tuple)):
            month, day, year = (int(str(part).strip()) for part in raw)
            return date(year, month, day)
        return date.fromisoformat(str(raw).strip())
    except (ValueError, OverflowError):
        return None
