"""Letters as PDF: tagged, PDF/UA-1 and PDF/A-2a, the same bytes for the same content.

The content document is data (see docs/explanation/letters.md); the layout is `letter.typ`;
words reach it as JSON, never by concatenation. The document's date comes from the content:
no clock is read, so a letter can be rendered again and compared. No wording belongs here.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from .coverage import Coverage

TEMPLATE_VERSION: Final = "letter/1"
STANDARD_PRINT: Final = 12.0  # points; the smallest that the model notices allow
LARGE_PRINT: Final = 18.0  # points

_HERE = Path(__file__).parent
_FONTS = _HERE / "fonts"


class LetterUnprintable(ValueError):
    """This content document cannot be set as a letter; the message says what is wrong with it."""


@cache
def _press() -> tuple[bytes, typst.Fonts, Coverage]:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(_FONTS)],
    )
    coverage = Coverage(sorted(_FONTS.glob("*.ttf")))
    return (_HERE / "letter.typ").read_bytes(), fonts, coverage


def render(content: Mapping[str, Any], *, points: float = STANDARD_PRINT) -> bytes:
    """The letter as PDF bytes; identical content and size give identical bytes.

    `points` is the size of the text (12, or 18 for large print). Raises LetterUnprintable
    when the document lacks a part that the layout needs.
    """
    source, fonts, coverage = _press()
    dated = _dated(content)
    printed = coverage.printed(content)
    try:
        pages = typst.compile(
            source,
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={
                "letter": msgspec.json.encode(printed).decode(),
                "size": str(points),
            },
            format="pdf",
            pdf_standards=["ua-1", "a-2a"],
            timestamp=calendar.timegm(dated.timetuple()),
        )
    except typst.TypstError as error:
        raise LetterUnprintable(f"letter {content.get('number', '')}: {error}") from error
    if not isinstance(pages, bytes):
        raise LetterUnprintable("letter: the typesetter returned no document")
    return pages


def _dated(content: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(content["dated"])
    except (KeyError, TypeError, ValueError) as error:
        raise LetterUnprintable(f"letter: `dated` must be a date such as 2026-11-23 ({error!r})") from error
