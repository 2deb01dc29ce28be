"""The desk's pages, one file each."""

from __future__ import annotations

from .ask import ask
from .case import case
from .decide import decide
from .documents import attachment
from .extend import extend
from .letter import letter, letter_pdf
from .notice import notice
from .recommend import recommend
from .requests import requests
from .taking import release, take, take_next
from .worklist import mine, worklist

__all__ = [
    "ask", "attachment", "case", "decide", "extend", "letter", "letter_pdf", "mine", "notice", "recommend",
    "release", "requests", "take", "take_next", "worklist",
]  # fmt: skip
