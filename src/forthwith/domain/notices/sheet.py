"""The sheet that a notice is written on: blocks of plain values, and a note of what has been said.

The blocks are the grammar that the page and the PDF both read: heading, paragraph, bullets,
steps, table, facts, card; inside them runs of words, plain or with strong, code, keep
(unbroken), link and lang. No wording here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import msgspec

from .elements import Element

Run: TypeAlias = str | dict[str, Any]
Block: TypeAlias = dict[str, Any]

# A walk over every word costs more than writing the letter: look for traces in its JSON first.
_SUSPECT = re.compile(rb"\\(?:u00|[rt])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def strong(words: str) -> Run:
    return {"text": words, "strong": True}


def code(words: str, *, weighty: bool = False) -> Run:
    return {
        "text": words,
        "code": True,
        "keep": True,
        **({"strong": True} if weighty else {}),
    }


def keep(words: str) -> Run:
    """Words that must stay on one line, such as a telephone number."""
    return {"text": words, "keep": True}


def link(words: str, url: str) -> Run:
    return {"text": words, "link": url}


def heading(words: str, level: int = 2) -> Block:
    return {"block": "heading", "level": level, "text": words}


def paragraph(*runs: Run) -> Block:
    return {"block": "paragraph", "runs": list(runs)}


def bullets(points: Iterable[Sequence[Run]]) -> Block:
    return {"block": "bullets", "items": [list(point) for point in points]}


def steps(points: Iterable[Sequence[Run]]) -> Block:
    return {"block": "steps", "items": [list(point) for point in points]}


def card(title: str, *blocks: Block) -> Block:
    return {"block": "card", "blocks": [heading(title, 3), *blocks]}


class Sheet:
    """Collects blocks and the elements that they say."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.foot: list[Block] = []
        self.said: set[Element] = set()

    def add(self, *blocks: Block, says: Iterable[Element] = ()) -> None:
        self.blocks.extend(blocks)
        self.said.update(says)

    def add_foot(self, *blocks: Block, says: Iterable[Element] = ()) -> None:
        self.foot.extend(blocks)
        self.said.update(says)


def storable(value: Any) -> Any:
    """The same document with line ends and tabs made plain, and without what no database text can hold."""
    try:
        encoded = msgspec.json.encode(value)
    except UnicodeEncodeError:
        return _cleaned(value)
    return _cleaned(value) if _SUSPECT.search(encoded) else value


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    return value


def _plain(words: str) -> str:
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return _UNSTORABLE.sub("\ufffd", words)
