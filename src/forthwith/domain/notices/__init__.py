"""Notices: what each must say, by line of business, and the content document that says it."""

from __future__ import annotations

from .compose import SCHEMA, NoticeIncomplete, compose, determination_kind
from .elements import Element, required
from .facts import (
    Audience,
    Citation,
    Decider,
    HelpLine,
    LanguageHelp,
    Letterhead,
    Line,
    Member,
    NoticeFacts,
    NoticeKind,
    PeerToPeer,
    Plan,
    Question,
    Reason,
    Recipient,
    Request,
)  # fmt: skip
from .letterheads import LetterheadInvalid, read_letterhead
from .rights import Rights, RightsBook, RightsInvalid, RightsUnknown, Voices, read_book

__all__ = [
    "SCHEMA", "Audience", "Citation", "Decider", "Element", "HelpLine", "LanguageHelp", "Letterhead",
    "LetterheadInvalid", "Line", "Member", "NoticeFacts", "NoticeIncomplete", "NoticeKind", "PeerToPeer", "Plan",
    "Question", "Reason", "Recipient", "Request", "Rights", "RightsBook", "RightsInvalid", "RightsUnknown", "Voices",
    "compose", "determination_kind", "read_book", "read_letterhead", "required",
]  # fmt: skip
