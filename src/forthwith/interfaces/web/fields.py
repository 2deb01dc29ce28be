"""Form fields and widgets of the house: dates in three boxes, choices with hints, forgiving identifiers.

What must not enter: a form of one page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MONTHS = {
    name: number
    for number, name in enumerate(
        (
            "jan",
            "feb",
            "mar",
            "apr",
            "may",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct",
            "nov",
            "dec",
        ),
        start=1,
    )
}


class DateBoxes(forms.MultiWidget):
    """Month, day and year in three boxes, for dates that people know by heart."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        boxes = {part: forms.TextInput(attrs={"inputmode": "numeric"}) for part in ("month", "day", "year")}
        super().__init__(boxes, attrs)

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, date):
            return [value.month, value.day, value.year]
        return [None, None, None]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"


class DateField(forms.Field):
    """A calendar day given as month, day and year. Errors say which box is wrong."""

    widget = DateBoxes

    def __init__(
        self,
        *,
        earliest: date | None = None,
        latest: date | None = None,
        latest_text: str = "",
        **kwargs: Any,
    ) -> None:
        self.earliest, self.latest, self.latest_text = earliest, latest, latest_text
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date) or value is None:
            return value
        month, day, year = (str(part or "").strip() for part in value)
        if not (month or day or year):
            return None
        missing = [name for name, part in (("month", month), ("day", day), ("year", year)) if not part]
        if missing:
            raise ValidationError(f"{self._name} must include a {' and a '.join(missing)}")
        return self._read(month, day, year)

    @property
    def _name(self) -> str:
        return str(self.label or "The date")

    def _read(self, month: str, day: str, year: str) -> date:
        number = MONTHS.get(month[:3].lower(), int(month) if month.isdecimal() and len(month) < 3 else 0)
        if not re.fullmatch(r"[0-9]{4}", year):
            raise ValidationError(f"{self._name} must have a year of four digits")
        try:
            return date(int(year), number, int(day) if re.fullmatch(r"[0-9]{1,2}", day) else 0)
        except ValueError:
            raise ValidationError(f"{self._name} must be a real date") from None

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if value is None:
            return
        if self.latest and value > self.latest:
            raise ValidationError(f"{self._name} must be {self.latest_text or f'{self.latest:%m/%d/%Y}'} or earlier")
        if self.earliest and value < self.earliest:
            raise ValidationError(f"{self._name} must be {self.earliest:%m/%d/%Y} or later")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class Choices(forms.RadioSelect):
    """Radio rows of which each may carry a hint: `Choices(hints={"expedited": "Decided within 72 hours"})`."""

    def __init__(
        self,
        *,
        hints: Mapping[str, str] | None = None,
        attrs: Mapping[str, Any] | None = None,
    ) -> None:
        self.hints = dict(hints or {})
        super().__init__(attrs=attrs)


class Ticks(forms.CheckboxSelectMultiple):
    """Checkbox rows of which each may carry a hint."""

    def __init__(
        self,
        *,
        hints: Mapping[str, str] | None = None,
        attrs: Mapping[str, Any] | None = None,
    ) -> None:
        self.hints = dict(hints or {})
        super().__init__(attrs=attrs)


class IdentifierField(forms.CharField):
    """An identifier that people copy: spaces and hyphens around its parts are forgiven."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return re.sub(r"[\s\u00a0]+", "", text or "").upper()


class RepeatedField(forms.Field):
    """All values given under one name, as a list of stripped texts (for rows added one by one)."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        if not value:
            return []
        given: Iterable[Any] = value if isinstance(value, (list, tuple)) else [value]
        return [text for text in (str(part).strip() for part in given) if text]

    def validate(self, value: Sequence[str]) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
