"""What is wrong with a policy document, and where in it.

Problems are gathered, not thrown one by one: whoever writes a package wants
to mend all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

Path = tuple[str | int, ...]


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
