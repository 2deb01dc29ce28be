"""How this door answers: FHIR JSON, and an OperationOutcome for what is wrong with a request (4XX).

Nothing here says what went wrong inside. A 5XX carries no OperationOutcome (PAS 2.2.1: it is transient, try again).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse

from forthwith.formats.fhir.problems import FhirProblems, Issue
from forthwith.formats.fhir.statements import operation_outcome

MEDIA_TYPE = "application/fhir+json"
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Refused(Exception):
    """The request ends here, with this status and these issues."""

    def __init__(self, status: int, issues: Iterable[Issue], **headers: str) -> None:
        """Keep what `response` needs; underscores in header names become hyphens."""
        self.status, self.issues = status, tuple(issues)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(status)

    def response(self) -> HttpResponse:
        """Return the OperationOutcome."""
        return answer(operation_outcome(self.issues), status=self.status, headers=self.headers)


def refusal(status: int, code: str, diagnostics: str, **headers: str) -> Refused:
    """Return a refusal with one issue."""
    return Refused(status, [Issue("error", code, diagnostics)], **headers)


def unreadable(problems: FhirProblems) -> Refused:
    """Return 400 for what is no FHIR JSON, 422 for what breaks its rules."""
    return Refused(400 if problems.malformed else 422, problems.issues)


def answer(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """Return FHIR JSON that no cache keeps."""
    response = HttpResponse(body, status=status, content_type=MEDIA_TYPE, headers=headers)
    response["Cache-Control"] = "no-store"
    response["X-Frame-Options"] = "DENY"
    response["Content-Security-Policy"] = _POLICY
    response._csp_exempt = True  # type: ignore[attr-defined] (it has its own, shorter and stricter)
    return response
