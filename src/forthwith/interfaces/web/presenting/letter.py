"""A letter's content document for the screen: the same blocks that the PDF prints, cards side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def for_screen(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with neighbouring cards gathered into one row (`cards`), words untouched."""
    return {
        **document,
        "blocks": gathered(document.get("blocks", ())),
        "foot": gathered(document.get("foot", ())),
    }


def gathered(blocks: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Blocks in order; each run of cards becomes one block."""
    shown: list[Mapping[str, Any]] = []
    for block in blocks:
        if block["block"] != "card":
            shown.append(_drawable(block))
        elif shown and shown[-1]["block"] == "cards":
            shown[-1]["cards"].append(_drawable(block))
        else:
            shown.append({"block": "cards", "cards": [_drawable(block)]})
    return shown


def _drawable(block: Mapping[str, Any]) -> dict[str, Any]:
    """A block under names that a template can reach (`items` would be the mapping's own)."""
    drawn = dict(block)
    if "items" in block:
        drawn["items_"] = block["items"]
    if "rows" in block:
        numeric = [bool(column.get("numeric")) for column in block["columns"]]
        drawn["rows_"] = [
            [{"runs": cell, "numeric": numeric[i]} for i, cell in enumerate(row)] for row in block["rows"]
        ]
    if "blocks" in block:
        drawn["blocks"] = [_drawable(one) for one in block["blocks"]]
    return drawn
