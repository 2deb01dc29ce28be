"""What an evaluation found: the truth, every leaf with its fact and source, and what would decide.

The leaves are made when asked for; what is kept is small. Nothing is judged
here: `program` has done that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .facts import Fact, plain
from .truth import UNKNOWN, Truth

if TYPE_CHECKING:
    from .program import Program


class Leaf(NamedTuple):
    """One comparison: what was expected of which fact, what was found, who said so."""

    id: str
    text: str
    truth: Truth
    fact: str
    value: Any
    source: str
    expected: str
    criterion: str
    exemption: bool


class Criterion(NamedTuple):
    """One of the package's criteria, as a reviewer ticks it; `cite` reads `LCD L33906`."""

    id: str
    text: str
    truth: Truth
    cite: str
    leaves: tuple[str, ...]


class Evaluation:
    """The result of holding a package against the facts of one line."""

    def __init__(
        self,
        package: str,
        version: str,
        program: Program,
        facts: Sequence[Fact | None],
        truths: Sequence[Truth],
    ) -> None:
        self.package = package
        self.version = version
        self.truth = truths[-1]
        self._program = program
        self._facts = facts
        self._truths = truths
        self._leaves: tuple[Leaf, ...] | None = None

    def __repr__(self) -> str:
        """Package, version and truth."""
        return f"<Evaluation {self.package} {self.version}: {self.truth.value}>"

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every leaf in the order of the package."""
        if self._leaves is None:
            self._leaves = self._program.leaves(self._facts, self._truths)
        return self._leaves

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria (children of the root) in the order of the package."""
        truths = self._truths
        return tuple(
            Criterion(one.note.id, one.note.text, truths[one.place], one.cite, one.leaves)
            for one in self._program.criteria
        )

    @property
    def deciding(self) -> tuple[str, ...]:
        """The unknown facts that could still change the truth; empty once it is known."""
        return self._program.deciding(self._facts, self._truths) if self.truth is UNKNOWN else ()

    def document(self) -> dict[str, Any]:
        """The whole trace as JSON holds it, to be stored with the line."""
        return {
            "package": self.package,
            "version": self.version,
            "truth": self.truth._value_,
            "criteria": [
                {"id": id_, "text": text, "truth": truth._value_, "cite": cite, "leaves": list(leaves)}
                for id_, text, truth, cite, leaves in self.criteria
            ],
            "leaves": [
                {
                    "id": id_,
                    "criterion": criterion,
                    "text": text,
                    "truth": truth._value_,
                    "fact": fact,
                    "value": plain(value),
                    "source": source,
                    "expected": expected,
                    "exemption": exemption,
                }
                for id_, text, truth, fact, value, source, expected, criterion, exemption in self.leaves
            ],
            "deciding": list(self.deciding),
        }
