"""The acts upon a request, one file each. Everything an act does is in one transaction."""

from __future__ import annotations

from .answer import answer_information
from .ask import ask_for_information, send_back
from .determine import LineDecision, determine
from .drafts import discard_draft, save_draft
from .extend import extend
from .notify import record_notice
from .submit import submit
from .withdraw import withdraw

__all__ = [
    "LineDecision", "answer_information", "ask_for_information", "determine", "discard_draft", "extend",
    "record_notice", "save_draft", "send_back", "submit", "withdraw",
]  # fmt: skip
