"""What is wrong with a FHIR document, in the words of OperationOutcome.

An `Issue` names severity, code, a sentence and where it is (FHIRPath). Diagnostics never repeat a value that was
sent: a value may be about a person, and answers are logged by the other side.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

MOST_ISSUES = 25


class Issue(msgspec.Struct, frozen=True):
    """One issue of an OperationOutcome (http://hl7.org/fhir/R4/operationoutcome.html)."""

    severity: str
    code: str
    diagnostics: str
    expression: str = ""


class FhirProblems(Exception):
    """The document cannot be read; `issues` says why. `malformed` when it is not even a FHIR JSON document."""

    def __init__(self, issues: Iterable[Issue], *, malformed: bool = False) -> None:
        """Keep the issues, at most MOST_ISSUES of them."""
        self.issues = tuple(issues)[:MOST_ISSUES]
        self.malformed = malformed
        super().__init__("; ".join(f"{issue.expression}: {issue.diagnostics}" for issue in self.issues[:3]))


class Findings:
    """Collects issues while a document is read: errors stop it at the end, warnings go with the values."""

    def __init__(self) -> None:
        """Start with nothing found."""
        self.errors: list[Issue] = []
        self.warnings: list[Issue] = []

    def error(self, code: str, diagnostics: str, expression: str) -> None:
        """Note something that makes the document unacceptable."""
        self.errors.append(Issue("error", code, diagnostics, expression))

    def warn(self, code: str, diagnostics: str, expression: str) -> None:
        """Note a deviation that does not keep us from reading on."""
        self.warnings.append(Issue("warning", code, diagnostics, expression))

    def stop_on_errors(self) -> None:
        """Raise what was found so far, when any of it is an error."""
        if self.errors:
            raise FhirProblems(self.errors)
