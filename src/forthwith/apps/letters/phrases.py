"""The packaged sentences (`wording/*.yaml`): appeal rights by line of business, language help, letterheads.

A tenant's settings may replace any of them; what the packaged ones say is cited beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from forthwith.domain import notices

_WORDING = Path(__file__).parent / "wording"


@cache
def rights_book() -> notices.RightsBook:
    """Appeal rights, asked by line of business and date."""
    return notices.read_book(yaml.safe_load((_WORDING / "rights.yaml").read_text(encoding="utf-8")))


@cache
def _availability() -> dict[str, str]:
    sentences: dict[str, str] = yaml.safe_load((_WORDING / "availability.yaml").read_text(encoding="utf-8"))
    return sentences


def letterhead_of(document: Mapping[str, Any], *, name: str, synthetic: bool) -> notices.Letterhead:
    """A tenant's settings as a letterhead; raises LetterheadInvalid naming the field.

    `languages` may list language tags; their sentences then come from the packaged notice of availability.
    """
    whole = {"name": name, "synthetic": synthetic, **document}
    phone, tty = whole.get("phone", ""), whole.get("tty", "711")
    whole["languages"] = [
        _sentence(one, phone=phone, tty=tty) if isinstance(one, str) else one for one in whole.get("languages", ())
    ]
    return notices.read_letterhead(whole)


def _sentence(language: str, *, phone: str, tty: str) -> dict[str, str]:
    words = _availability().get(language)
    if words is None:
        known = ", ".join(sorted(_availability()))
        raise notices.LetterheadInvalid(f"letterhead: no sentence for language {language!r}; there are {known}")
    return {"language": language, "words": words.format(phone=phone, tty=tty)}
