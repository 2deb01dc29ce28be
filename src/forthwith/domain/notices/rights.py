"""Appeal rights as data: windows and sentences per line of business, dated and cited.

The numbers of the law are read from documents that a tenant can change, never written into
a sentence here. The date to file by is reckoned by the clocks and given to the notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from ..words import ItemClass, LineOfBusiness


class RightsInvalid(ValueError):
    """A document of appeal rights has a mistake; the message names the document, the field and the cause."""


class RightsUnknown(LookupError):
    """No appeal rights are on file for this line of business on this date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """One sentence in two persons: to the provider, and to the member."""

    provider: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What may be done against an adverse decision under one line of business."""

    id: str
    line_of_business: LineOfBusiness
    effective_from: date
    citation: str
    window: str  # "65 days from the date of this notice"
    standard: dict[ItemClass, str]  # "30 days"
    expedited: str  # "72 hours"
    who: Voices
    expedite: Voices
    representative: Voices
    file: Voices
    afterwards: tuple[Voices, ...] = ()
    hearing: Voices | None = None  # Medicaid: the state's fair hearing
    continuation: Voices | None = None  # Medicaid: services that go on meanwhile
    external_review: Voices | None = None  # commercial: an independent reviewer
    government: Voices | None = None  # commercial: whom to turn to outside the plan
    extension_grievance: Voices | None = None  # against more time taken by the plan
    effective_to: date | None = None

    def answered_within(self, item: ItemClass) -> str:
        """How long a standard appeal takes for this class, in words."""
        return self.standard.get(item) or self.standard[ItemClass.SERVICE]


class RightsBook:
    """All documents of appeal rights; asked by line of business and date."""

    def __init__(self, rights: Iterable[Rights]) -> None:
        self._rights = sorted(rights, key=lambda one: one.effective_from, reverse=True)

    def of(self, line_of_business: LineOfBusiness, *, on: date) -> Rights:
        """The rights in force on this day (the plan's calendar); raises RightsUnknown."""
        for one in self._rights:
            ended = one.effective_to is not None and on > one.effective_to
            if one.line_of_business == line_of_business and one.effective_from <= on and not ended:
                return one
        raise RightsUnknown(f"no appeal rights on file for {line_of_business} on {on}")


def read_book(documents: Iterable[Mapping[str, Any]]) -> RightsBook:
    """Parsed YAML documents, one per line of business and effective date; raises RightsInvalid."""
    return RightsBook(_read(document) for document in documents)


def _read(document: Mapping[str, Any]) -> Rights:
    try:
        rights = msgspec.convert(document, Rights)
    except msgspec.ValidationError as error:
        raise RightsInvalid(f"appeal rights {document.get('id', '(no id)')!r}: {error}") from error
    if ItemClass.SERVICE not in rights.standard:
        raise RightsInvalid(f"appeal rights {rights.id!r}: `standard` needs a time for `service`")
    return rights
