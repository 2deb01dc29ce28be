"""Which characters can be printed: read from the fonts themselves, so that nothing is lost silently.

A PDF/UA file may not hold an empty box for a missing character. What no font has is
written as its code, such as [U+4E2D]. No layout and no rule of ours belongs here.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

_LONG_WORD = re.compile(r"\S{41,}")
# No language stacks more marks than this on one letter; more would be drawn over the lines around it.
_TOWER = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
                    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+)")  # fmt: skip
_ZERO_WIDTH_SPACE = "\u200b"
# Shaping control that has no glyph of its own and needs none.
_SILENT = frozenset({0x0A, 0xA0, 0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060})
# Overrides of direction can make a number read as another: they are shown as codes, not obeyed.
_MISLEADING = frozenset({*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x20), *range(0x7F, 0xA0)}) - {0x0A}


def characters_of(font: Path) -> frozenset[int]:
    """The code points for which a TrueType font file has a glyph (its `cmap` formats 4 and 12)."""
    content = font.read_bytes()
    (tables,) = struct.unpack_from(">H", content, 4)
    for i in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", content, 12 + 16 * i)
        if tag == b"cmap":
            return frozenset(_mapped(content, offset))
    raise ValueError(f"{font.name}: no cmap table, not a usable font")


def _mapped(content: bytes, cmap: int) -> Iterator[int]:
    (subtables,) = struct.unpack_from(">H", content, cmap + 2)
    for i in range(subtables):
        (offset,) = struct.unpack_from(">I", content, cmap + 4 + 8 * i + 4)
        at = cmap + offset
        (form,) = struct.unpack_from(">H", content, at)
        if form == 4:
            yield from _segments(content, at)
        elif form == 12:
            yield from _groups(content, at)


def _segments(content: bytes, at: int) -> Iterator[int]:
    (double,) = struct.unpack_from(">H", content, at + 6)
    n = double // 2
    ends = struct.unpack_from(f">{n}H", content, at + 14)
    starts = struct.unpack_from(f">{n}H", content, at + 16 + double)
    for start, end in zip(starts, ends, strict=True):
        yield from range(start, min(end, 0xFFFE) + 1)


def _groups(content: bytes, at: int) -> Iterator[int]:
    (n,) = struct.unpack_from(">I", content, at + 12)
    for i in range(n):
        start, end, _ = struct.unpack_from(">III", content, at + 16 + 12 * i)
        yield from range(start, end + 1)


class Coverage:
    """What a set of fonts can print."""

    def __init__(self, fonts: list[Path]) -> None:
        covered: set[int] = set(_SILENT)
        for font in fonts:
            covered |= characters_of(font)
        self._covered = frozenset(covered - _MISLEADING)
        self._printable = re.compile("[^" + "".join(_spans(self._covered)) + "]")

    def printable(self, words: str) -> str:
        """The same words, with characters that no font has as [U+XXXX] and break points in endless ones."""
        if not words.isascii() or not words.isprintable():
            words = self._printable.sub(_as_code, words)
            words = _TOWER.sub(_without_tower, words)
        if len(words) > 40:
            words = _LONG_WORD.sub(_with_breaks, words)
        return words

    def printed(self, value: object) -> object:
        """A JSON-like document with `printable` applied to every string value (keys are ours)."""
        if isinstance(value, str):
            return self.printable(value)
        if isinstance(value, list | tuple):
            return [self.printed(one) for one in value]
        if isinstance(value, dict):
            return {key: one if key == "link" else self.printed(one) for key, one in value.items()}
        return value


def _as_code(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"


def _without_tower(match: re.Match[str]) -> str:
    return match[1] + "".join(f"[U+{ord(mark):04X}]" for mark in match[2])


def _with_breaks(match: re.Match[str]) -> str:
    word = match[0]
    return _ZERO_WIDTH_SPACE.join(word[i : i + 10] for i in range(0, len(word), 10))


def _spans(points: frozenset[int]) -> Iterator[str]:
    start = previous = -2
    for point in [*sorted(points), 0x110000]:
        if point != previous + 1:
            if start >= 0:
                yield f"\\U{start:08x}-\\U{previous:08x}"
            start = point
        previous = point
