"""What a check of the policies found, and how much it looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..criteria import Package
from ..criteria.problems import Problem
from .reading import Document, Finding


@dataclass
class Report:
    """Gathers findings; `blind` when some package could not be read at all, so that its key is not known."""

    findings: list[Finding] = field(default_factory=list)
    packages: dict[str, Package] = field(default_factory=dict)
    unsound: set[str] = field(default_factory=set)
    blind: bool = False
    services: set[str] = field(default_factory=set)
    rules: int = 0
    cases: int = 0
    allowances: int = 0
    tenants: int = 0

    def add(self, document: Document, problems: Iterable[Problem]) -> None:
        """Findings from problems of one document."""
        self.findings += document.findings(problems)

    def lacks(self, package: str) -> bool:
        """Whether surely no package has this key."""
        return package not in self.packages and package not in self.unsound and not self.blind

    def document(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        return {
            "ok": not self.findings,
            "packages": [
                {"key": one.key, "version": one.version, "title": one.title} for one in self.packages.values()
            ],
            "services": len(self.services),
            "rules": self.rules,
            "cases": self.cases,
            "allowances": self.allowances,
            "tenants": self.tenants,
            "errors": [finding._asdict() for finding in self.findings],
        }
