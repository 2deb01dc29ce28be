"""Policy texts read as YAML or JSON: values, the line of each of their parts, mistakes of writing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from ..criteria.problems import Path, Problem, where

MOST_NODES = 100_000
_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null"))


class Finding(NamedTuple):
    """One mistake: the file, the line (from 1; 0 when the whole file is meant) and the cause."""

    file: str
    line: int
    cause: str

    def __str__(self) -> str:
        """As compilers write it: `file:line: cause`."""
        return f"{self.file}:{self.line}: {self.cause}" if self.line else f"{self.file}: {self.cause}"


@dataclass
class Document:
    """A parsed policy file and the line of each of its parts."""

    name: str
    value: Any
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of the part, or of the nearest part above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, problem: Problem) -> Finding:
        """A problem at a path as a finding at a line."""
        place = where(problem.path)
        return Finding(self.name, self.line(problem.path), f"{place}: {problem.cause}" if place else problem.cause)

    def findings(self, problems: Iterable[Problem]) -> list[Finding]:
        """Several of them."""
        return [self.finding(problem) for problem in problems]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C one is 8 times faster
    """Plain YAML in which a day stays text, as in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in several if tag != "tag:yaml.org,2002:timestamp"]
    for first, several in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str, name: str) -> Document:
    """The document of a YAML (or JSON) text. Mistakes of writing are in `problems`; it never raises."""
    document = Document(name, None)
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            document.problems.append(Finding(name, 0, "the file is empty"))
        else:
            document.value = _Builder(loader, document).build(node, ())
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 0
        document.problems.append(Finding(name, line, f"not YAML: {wrong.problem or wrong}"))
    except yaml.reader.ReaderError as wrong:
        line = text.encode(errors="replace")[: wrong.position].count(b"\n") + 1
        document.problems.append(Finding(name, line, f"not YAML: {wrong.reason}"))
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        document.problems.append(Finding(name, 0, f"not YAML: {' '.join(str(wrong).split())}"))
    return document


class _Builder:
    """Values from YAML nodes, with the line of each and a word on keys that stand there twice."""

    def __init__(self, loader: _Loader, document: Document) -> None:
        self.loader = loader
        self.document = document
        self.count = 0

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.count += 1
        if self.count > MOST_NODES or len(path) > 60:
            raise ValueError("the document is too large, too deep, or refers to itself")
        if node.tag not in _TAGS:
            raise yaml.MarkedYAMLError(problem=f"the tag {node.tag} is not allowed", problem_mark=node.start_mark)
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, place)) for place, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return self.loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                several = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                for one in several:
                    if not isinstance(one, yaml.MappingNode):
                        raise yaml.MarkedYAMLError(problem="<< takes a mapping", problem_mark=one.start_mark)
                    merged = {**self._mapping(one, path), **merged}
                continue
            key = str(self.loader.construct_object(key_node))
            line = key_node.start_mark.line + 1
            if key in own:
                self.document.problems.append(Finding(self.document.name, line, f"the key {key!r} stands there twice"))
            self.document.lines[(*path, key)] = line
            own[key] = self.build(value_node, (*path, key))
        return {**merged, **own}
