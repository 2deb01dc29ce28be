"""Allowances: how long the law, an accreditor or the plan itself gives for an answer.

Every allowance is data: cited, effective-dated, read from documents by
`read_book`. This room holds what such data may say and finds the entries that
match a case; reckoning a due instant is the work of `clocks`.
"""

from __future__ import annotations

from .book import AllowanceBook, UnknownServiceLevel, UnknownTenant
from .reading import BookInvalid, read_book
from .rules import (
    Allowance,
    AppealWindow,
    Extension,
    Layer,
    Length,
    OnBreach,
    Pause,
    PreEmption,
    Reason,
    Start,
    Toll,
)

__all__ = [
    "Allowance",
    "AllowanceBook",
    "AppealWindow",
    "BookInvalid",
    "Extension",
    "Layer",
    "Length",
    "OnBreach",
    "Pause",
    "PreEmption",
    "Reason",
    "Start",
    "Toll",
    "UnknownServiceLevel",
    "UnknownTenant",
    "read_book",
]
