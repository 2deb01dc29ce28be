"""One thing changed in a JSON document: each path in turn, by each of many odd values. Deterministic."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

DROPPED = object()
ODD: tuple[Any, ...] = (
    DROPPED, None, "", " ", "x" * 300, "é" * 5000, "💉\u200f", "' OR 1=1 --", "%s", "#", "#x", "urn:uuid:x", "http://[",
    "Patient/", "0001-01-01", "9999-12-31", "2026-02-30", "2026-13-45T99:99:99Z", True, False, 0, -1, 1.5, 1e-9, 10**30,
    1e300, [], {}, [[]], [None], [{}], {"a": None}, {"reference": "Patient/1"},
)  # fmt: skip
Path = tuple[str | int, ...]


def paths(part: Any, path: Path = ()) -> Iterator[Path]:
    """Every path in the document but its root, in order."""
    inner: Any = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for step, value in inner:
        yield (*path, step)
        yield from paths(value, (*path, step))


def changed(document: Any, path: Path, value: Any) -> Any:
    """A copy in which the part at `path` is `value`, or is gone."""
    made = copy.deepcopy(document)
    holder = made
    for step in path[:-1]:
        holder = holder[step]
    if value is DROPPED:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return made


def mutations(document: Any, *, every: int, start: int = 0) -> Iterator[tuple[Path, Any]]:
    """Each pair of a path and an odd value, of which every so many; over all of them each path and value has its turn."""
    pairs = [(path, value) for path in paths(document) for value in ODD]
    yield from pairs[start::every]
