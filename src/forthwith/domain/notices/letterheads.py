"""A tenant's letterhead is read from its settings: a plain document, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from .facts import Letterhead


class LetterheadInvalid(ValueError):
    """The settings of a tenant's letterhead have a mistake; the message names the field and the cause."""


def read_letterhead(document: Mapping[str, Any]) -> Letterhead:
    """Parsed settings (address and appeal_address are lists of lines); raises LetterheadInvalid."""
    try:
        return msgspec.convert(document, Letterhead)
    except msgspec.ValidationError as error:
        raise LetterheadInvalid(f"letterhead of {document.get('name', '(no name)')!r}: {error}") from error
