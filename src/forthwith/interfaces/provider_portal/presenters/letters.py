"""Letters of a request as links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from forthwith.domain.notices import NoticeKind
from forthwith.interfaces.web.presenting import dates
from forthwith.interfaces.web.presenting.letter import for_screen

ADVERSE = (NoticeKind.PARTIAL_APPROVAL, NoticeKind.DENIAL)
DECISIONS = (NoticeKind.APPROVAL, NoticeKind.PARTIAL_APPROVAL, NoticeKind.DENIAL, NoticeKind.NOT_REQUIRED)


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter in a list."""

    title: str
    when: str
    href: str
    pdf: str


def letter_row(letter: Any, authorization: Any, *, at: datetime) -> LetterRow:
    """The letter with its page and its PDF."""
    place = [authorization.number, letter.id]
    return LetterRow(
        title=letter.title,
        when=dates.nearby(letter.issued_at, authorization.plan.zone, now=at),
        href=reverse("provider_portal:letter", args=place),
        pdf=reverse("provider_portal:letter_pdf", args=place),
    )


def decision_href(letters: Iterable[Any], number: str) -> str:
    """The PDF of the newest letter that tells a decision; empty while there is none."""
    decided = next((one for one in letters if one.kind in DECISIONS), None)
    return reverse("provider_portal:letter_pdf", args=[number, decided.id]) if decided else ""


def ways_on(letters: Iterable[Any]) -> list[Mapping[str, Any]]:
    """What an office can do about a decision that is not what it asked for, in the letter's own cards."""
    told = next((one for one in letters if one.kind in ADVERSE), None)
    blocks = for_screen(told.content)["blocks"] if told else []
    return [card for block in blocks if block["block"] == "cards" for card in block["cards"]]
