"""What we say besides answers: OperationOutcome and CapabilityStatement, values to JSON text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from forthwith.formats.fhir import wire
from forthwith.formats.fhir.pas import urls
from forthwith.formats.fhir.problems import Issue

_SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"


def operation_outcome(issues: Iterable[Issue]) -> bytes:
    """Return the JSON text of an OperationOutcome with at least one issue."""
    told = [
        {"severity": each.severity, "code": each.code, "diagnostics": each.diagnostics}
        | ({"expression": [each.expression]} if each.expression else {})
        for each in issues
    ]
    unsaid = [{"severity": "error", "code": "unknown"}]
    return wire.encode({"resourceType": "OperationOutcome", "issue": told or unsaid})


def capability_statement(*, url: str, version: str, dated: date, name: str) -> bytes:
    """Return what this server can do: `url` is its base, `version` the software's, `dated` its last change."""
    operation = {"name": "submit", "definition": urls.SUBMIT_OPERATION}
    return wire.encode(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": dated.isoformat(),
            "kind": "instance",
            "instantiates": [urls.SERVER_CAPABILITY],
            "software": {"name": "Forthwith", "version": version},
            "implementation": {"description": f"Prior authorization requests to {name}", "url": url},
            "fhirVersion": "4.0.1",
            "format": ["application/fhir+json", "application/json"],
            "implementationGuide": [f"{urls.PAS}/ImplementationGuide/hl7.fhir.us.davinci-pas|{urls.VERSION}"],
            "rest": [
                {
                    "mode": "server",
                    "documentation": "Claim/$submit is served, with cancellations; $inquire and Subscription are not.",
                    "security": {
                        "service": [{"coding": [{"system": _SECURITY, "code": "OAuth"}]}],
                        "description": "Each request but this one carries a bearer token.",
                    },
                    "resource": [{"type": "Claim", "operation": [operation]}],
                }
            ],
        }
    )
