"""What is wrong with a policy document, and where in it.

Problems are gathered, not thrown one by one: whoever writes a package wants
to mend all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

Path = tuple[str | int, ...]
DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"


class Problem(NamedTuple):
    """One thing wrong: the path into the document, and the cause in plain words."""

    path: Path
    cause: str

    def __str__(self) -> str:
        """The path as `criteria.all[2].gte`, then the cause."""
        return f"{where(self.path)}: {self.cause}" if self.path else self.cause


class PackageInvalid(ValueError):
    """This criteria package cannot be used."""

    def __init__(self, key: str, problems: Iterable[Problem]) -> None:
        self.key = key
        self.problems = tuple(problems)
        super().__init__(f"{key or 'package'}: " + "; ".join(map(str, self.problems)))


def where(path: Path) -> str:
    """A path as people write it: `criteria.all[2].gte`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def misfits(validator: Any, schema: Mapping[str, Any], document: Any) -> Iterator[Problem]:
    """What in the document does not have the shape of the schema, in plain words, at the key that is wrong."""
    for error in validator.iter_errors(document):
        path = tuple(error.instance_path)
        kind = error.kind.name
        if kind == "additionalProperties":
            known = _known_keys(schema, list(error.schema_path))
            for name in error.kind.unexpected:
                yield Problem((*path, name), f"unknown key {name!r}{nearest(name, known)}")
        elif kind == "required":
            yield Problem(path, f"the key {error.kind.property!r} is missing")
        elif kind == "pattern" and error.kind.pattern == DAY_PATTERN:
            yield Problem(path, f"{error.instance!r} is no day; write 2026-11-23")
        else:
            yield Problem(path, error.message)


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean '…'?` where a known name is like it."""
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _known_keys(schema: Any, path: Sequence[str | int]) -> list[str]:
    """The keys that the schema knows where it refused another: beside `additionalProperties` at the path's end."""
    for step in path[:-1]:
        schema = schema[step]
    return list(schema.get("properties", ()))
