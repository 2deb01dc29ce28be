"""Decision clocks: by when must we answer, and did we?

A clock is a pure function of the moments that move it. Nothing counts down in
a table: ask again tomorrow, or after a rule is mended, and the same moments
give the answer that is right then. How long an answer may take is data
(`allowances`); this room knows only how such data is reckoned.
"""

from __future__ import annotations

from .appeals import AppealBy, appeal_by
from .case import Case, Moments
from .clock import Clock, Due
from .extending import PossibleExtension, possible_extension
from .reckoning import reckon
from .refusals import (
    CareAlreadyGiven,
    CaseInvalid,
    ClockRefused,
    ExtensionRefused,
    MomentsInvalid,
    NotInForce,
)

__all__ = [
    "AppealBy",
    "CareAlreadyGiven",
    "Case",
    "CaseInvalid",
    "Clock",
    "ClockRefused",
    "Due",
    "ExtensionRefused",
    "Moments",
    "MomentsInvalid",
    "NotInForce",
    "PossibleExtension",
    "appeal_by",
    "possible_extension",
    "reckon",
]
