"""Does a resource have the shape that FHIR R4 gives its type?

One compiled validator for each resource type, made at first use from the packaged schema (r4/VERSION.md). Values
that are allowed only in some profile, and references, are not looked at here.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from forthwith.formats.fhir.problems import Findings

_SAID: dict[str, str] = {
    "Type": "The value has the wrong type.",
    "Pattern": "The value is not in the form that its type asks for.",
    "Enum": "The value is not one of those allowed.",
    "Constant": "The value is not the one that is fixed here.",
    "Minimum": "The number is too small.",
    "Maximum": "The number is too large.",
}
_MOST_ERRORS_EACH = 10


def check(resource: dict[str, Any], expression: str, findings: Findings) -> None:
    """Add to `findings` what is wrong with the shape of `resource` and of the resources contained in it."""
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or kind not in _known():
        findings.error("structure", "resourceType is missing or names no R4 resource.", expression)
        return
    validator = validator_of(kind)
    if validator is None:
        findings.warn("not-supported", f"A {kind} is taken as it is and not validated.", expression)
    elif not validator.is_valid(resource):
        _explain(validator, resource, expression, findings)
    for place, inner in enumerate(_contained(resource)):
        check(inner, f"{expression}.contained[{place}]", findings)


@cache
def validator_of(kind: str) -> jsonschema_rs.Draft6Validator | None:
    """Return the compiled validator of a resource type; None when its schema is not packaged."""
    definitions = _document()["definitions"]
    if kind not in definitions:
        return None
    schema = {
        "$schema": "http://json-schema.org/draft-06/schema#",
        "$ref": f"#/definitions/{kind}",
        "definitions": _reached_from(kind, definitions),
    }
    return jsonschema_rs.Draft6Validator(schema, pattern_options=jsonschema_rs.RegexOptions())


@cache
def _document() -> dict[str, Any]:
    text = resources.files("forthwith.formats.fhir").joinpath("r4/fhir.schema.json").read_bytes()
    document: dict[str, Any] = json.loads(text)
    return document


@cache
def _known() -> frozenset[str]:
    return frozenset(_document()["resources"])


def _reached_from(kind: str, definitions: dict[str, Any]) -> dict[str, Any]:
    reached: dict[str, Any] = {}
    waiting: list[Any] = [{"$ref": f"#/definitions/{kind}"}]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += [value for value in part.values() if isinstance(value, dict | list)]
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in reached:
                reached[name] = definitions[name]
                waiting.append(definitions[name])
    return reached


def _contained(resource: dict[str, Any]) -> list[dict[str, Any]]:
    inner = resource.get("contained")
    return [each for each in inner if isinstance(each, dict)] if isinstance(inner, list) else []


def _explain(
    validator: jsonschema_rs.Draft6Validator, resource: dict[str, Any], expression: str, findings: Findings
) -> None:
    for count, error in enumerate(validator.iter_errors(resource)):
        if count == _MOST_ERRORS_EACH:
            break
        kind = type(error.kind).__name__
        where = expression + "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path
        )
        code = "required" if kind == "Required" else "value" if kind in ("Pattern", "Enum", "Constant") else "structure"
        findings.error(code, _SAID.get(kind) or f"{error.message[:200]}.", where[:300])
