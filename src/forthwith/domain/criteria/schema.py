"""The shape of a criteria package, as a JSON schema (2020-12).

It says which words a document may hold and of which type they are. What they
mean together (facts that exist, limits that fit) is checked when a package is
compiled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from . import problems
from .problems import DAY_PATTERN, Problem

STATUS = "SAMPLE-NOT-FOR-CLINICAL-USE"
_WORD = {"type": "string", "minLength": 1}
_DAY = {"type": "string", "pattern": DAY_PATTERN}
_NAME = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*$"}
_FACT_NAME = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$"}
_SERVICES = {"type": "array", "items": {"type": "string", "pattern": r"^SVC:[A-Z0-9-]+$"}, "minItems": 1}
_TRUTH = {"enum": ["met", "not_met", "unknown"]}
_TYPES = ["boolean", "integer", "decimal", "date", "choice", "choices", "text", "codes"]


def _record(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


_SOURCE = _record(
    ["type", "id", "title", "url", "retrieved"],
    type={"enum": ["NCD", "LCD", "ARTICLE", "MANUAL", "LABEL", "REGULATION"]},
    id=_WORD,
    title=_WORD,
    url={"type": "string", "pattern": r"^https://\S+$"},
    retrieved=_DAY,
)
_CHOICE = _record(
    ["value", "label"],
    value={"type": "string", "pattern": r"^[a-z0-9_]+$"},
    label=_WORD,
    help={"type": "string"},
)
_QUESTION = _record(
    ["key", "type", "wording"],
    key=_NAME,
    type={"enum": [kind for kind in _TYPES if kind != "codes"]},
    wording=_WORD,
    label=_WORD,
    help=_WORD,
    why=_WORD,
    group=_WORD,
    unit=_WORD,
    minimum={"type": "number"},
    maximum={"type": "number"},
    choices={"type": "array", "items": _CHOICE, "minItems": 2},
    fact=_FACT_NAME,
    not_in_future={"type": "boolean"},
    longest={"type": "integer", "minimum": 1, "maximum": 10000},
    shown_if={"type": "object"},
)
_FACT = _record(
    ["type", "label"],
    type={"enum": _TYPES},
    label=_WORD,
    unit=_WORD,
    source={"enum": ["answer", "history", "record"]},
    count=_record(
        ["services", "months"], services=_SERVICES, months={"type": "integer", "minimum": 1, "maximum": 36}, per=_NAME
    ),
)
_CRITERION = {
    "type": "object",
    "required": ["id", "text"],
    "properties": {
        "id": _NAME,
        "text": _WORD,
        "unmet": _WORD,
        "cite": _WORD,
        "exemption": {"type": "boolean"},
    },
}
_ROOT = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 2,
    "additionalProperties": False,
    "properties": {
        "all": {"type": "array", "items": _CRITERION, "minItems": 1},
        "any": {"type": "array", "items": _CRITERION, "minItems": 1},
        "at_least": {"type": "integer", "minimum": 1},
        "of": {"type": "array", "items": _CRITERION, "minItems": 1},
    },
}
_CASE = _record(
    ["name", "facts", "truth"],
    name=_WORD,
    facts={"type": "object"},
    truth=_TRUTH,
    criteria={"type": "object", "additionalProperties": _TRUTH},
    leaves={"type": "object", "additionalProperties": _TRUTH},
    deciding={"type": "array", "items": _FACT_NAME},
)

PACKAGE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Criteria package",
    **_record(
        ["format", "key", "version", "title", "program", "sample", "status", "source", "jurisdiction", "effective_from",
         "services", "criteria", "on_met", "cases"],
        format={"const": 1},
        key={"type": "string", "pattern": r"^[A-Z][A-Z0-9-]*$"},
        version={"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)*$"},
        title=_WORD,
        summary=_WORD,
        program={"type": "string", "pattern": r"^[A-Z][A-Z0-9]*$"},
        sample={"type": "boolean"},
        status={"enum": [STATUS, "ACTIVE"]},
        jurisdiction=_WORD,
        source={"type": "array", "items": _SOURCE, "minItems": 1},
        effective_from=_DAY,
        effective_to={"anyOf": [_DAY, {"type": "null"}]},
        services=_SERVICES,
        diagnoses={
            "type": "object",
            "propertyNames": _NAME,
            "additionalProperties": _record(
                ["title", "codes"],
                title=_WORD,
                codes={
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "string", "pattern": r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$"},
                },
            ),
        },
        documents={"type": "array", "items": _WORD},
        facts={"type": "object", "propertyNames": _FACT_NAME, "additionalProperties": _FACT},
        questions={"type": "array", "items": _QUESTION},
        criteria=_ROOT,
        on_met=_record(
            ["action", "units", "days"],
            action={"const": "approve"},
            units={"type": "integer", "minimum": 1},
            days={"type": "integer", "minimum": 1, "maximum": 730},
        ),
        cases={"type": "array", "items": _CASE, "minItems": 1},
    ),
}  # fmt: skip

_VALIDATOR = jsonschema_rs.validator_for(PACKAGE)


def misfits(document: Any) -> Iterator[Problem]:
    """What in the document does not have the shape of a package."""
    for problem in problems.misfits(_VALIDATOR, PACKAGE, document):
        if problem == Problem((), "the key 'source' is missing") or problem.path == ("source",):
            yield Problem(problem.path, "no source: name the NCD, LCD or label that the criteria rest on")
        elif (
            problem.path == () and "'sample'" in problem.cause or problem == Problem((), "the key 'status' is missing")
        ):
            yield Problem((), f"{problem.cause}: a sample says sample: true and status: {STATUS}")
        else:
            yield problem
