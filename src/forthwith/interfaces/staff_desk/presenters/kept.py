"""What somebody had written into a form that the page no longer offers: another's act must not cost them their words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from forthwith.interfaces.staff_desk.forms import ADVICE, MEANS, OUTCOMES

WORDS = {
    "reason": "Reason", "units": "Units approved", "note": "Note to the physician",
    "message": "What else is missing", "words": "Why, for the letter",
}  # fmt: skip
CHOICES = {"outcome": dict(OUTCOMES), "advice": dict(ADVICE), "means": dict(MEANS)}


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that was written or chosen, and for what."""

    label: str
    text: str


def kept(posted: Iterable[tuple[str, str]], shown: Collection[str]) -> list[Kept]:
    """What was posted under names that no shown form has, in the form's order."""
    return [one for name, text in posted if name not in shown and text.strip() and (one := _one(name, text.strip()))]


def _one(name: str, text: str) -> Kept | None:
    part, _, sequence = name.partition("_")
    where = f"Line {sequence}: " if sequence.isdecimal() else ""
    if part in CHOICES:
        word = CHOICES[part].get(text, "")
        return Kept(f"{where}chosen" if where else "Chosen", word) if word else None
    # "reason" without a line is the extension's key, chosen from a list and not written
    if part not in WORDS or (part == "reason" and not where):
        return None
    label = WORDS[part]
    return Kept(f"{where}{label[0].lower()}{label[1:]}" if where else label, text)


def names_of(forms: Iterable[Any]) -> set[str]:
    """The field names of the forms that a page shows."""
    return {name for form in forms if form for name in form.fields}
