"""A letter's content document becomes an accessible PDF. Knows no rule about what a letter must say."""

from __future__ import annotations

from .letters import (
    LARGE_PRINT,
    STANDARD_PRINT,
    TEMPLATE_VERSION,
    LetterUnprintable,
    render,
)

__all__ = [
    "LARGE_PRINT",
    "STANDARD_PRINT",
    "TEMPLATE_VERSION",
    "LetterUnprintable",
    "render",
]
