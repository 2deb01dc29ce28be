"""What a PDF says, read back from its bytes: page text by each font's ToUnicode map, and the tag tree."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf


def text_of(content: bytes) -> str:
    """All shown text in drawing order; words that are drawn apart may lack the space between them."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return "".join(_page_text(page) for page in document.pages)


def tags_of(content: bytes) -> list[str]:
    """The structure types in reading order."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return list(_tags(document.Root.StructTreeRoot.K))


def _page_text(page: Any) -> str:
    maps = {str(name): _unicode_map(font) for name, font in page.Resources.get("/Font", {}).items()}
    shown: list[str] = []
    mapping: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            mapping = maps[str(operands[0])]
        elif str(operator) == "Tj":
            shown.append(_decoded(operands[0], mapping))
        elif str(operator) == "TJ":
            shown.append("".join(_decoded(one, mapping) for one in operands[0] if isinstance(one, pikepdf.String)))
    return "".join(shown)


def _decoded(string: Any, mapping: dict[int, str]) -> str:
    raw = bytes(string)
    codes = (int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2))
    return "".join(mapping.get(code, "\ufffd") for code in codes)


def _unicode_map(font: Any) -> dict[int, str]:
    source = font.ToUnicode.read_bytes().decode("latin-1")
    mapping: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        for code, words in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            mapping[int(code, 16)] = bytes.fromhex(words).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for first, last, start in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for i in range(int(last, 16) - int(first, 16) + 1):
                mapping[int(first, 16) + i] = chr(int(start, 16) + i)
    return mapping


def _tags(node: Any) -> Iterator[str]:
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from _tags(one)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S)[1:]
        if "/K" in node:
            yield from _tags(node.K)
