"""The shapes of the service catalogue, of requirement rules and of sample tenants, as JSON schemas.

The shape of criteria packages is in `criteria.schema`.
"""

from __future__ import annotations

from typing import Any

from ..criteria.problems import DAY_PATTERN
from ..words import ItemClass, LineOfBusiness, Requirement

_WORD = {"type": "string", "minLength": 1}
_DAY = {"type": "string", "pattern": DAY_PATTERN}
_KEY = {"type": "string", "pattern": r"^[a-z][a-z0-9-]*$"}
_SERVICE = {"type": "string", "pattern": r"^SVC:[A-Z0-9-]+$"}
_PLACE = {"type": "string", "pattern": r"^\d{2}$"}


def _record(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


def _one_or_more(one: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


SERVICES: dict[str, Any] = _record(
    ["services"],
    services={
        "type": "array",
        "minItems": 1,
        "items": _record(
            ["key", "name", "category", "program", "unit_type", "unit", "item_class"],
            key=_SERVICE,
            name=_WORD,
            search={"type": "array", "items": _WORD},
            category=_WORD,
            program={"type": "string", "pattern": r"^[A-Z][A-Z0-9]*$"},
            unit_type={"enum": ["UN", "VS", "DA", "HR"]},
            unit={"type": "string", "minLength": 1, "maxLength": 20},
            item_class={"enum": [one.value for one in ItemClass]},
            places={"type": "array", "items": _PLACE, "minItems": 1},
            laterality={"type": "boolean"},
            specialties={"type": "array", "items": _WORD},
            package=_WORD,
            codings={"type": "array", "items": _record(["system", "code"], system=_WORD, code=_WORD)},
        ),
    },
)

REQUIREMENTS: dict[str, Any] = _record(
    ["tenant", "rule_set", "rules"],
    tenant=_KEY,
    rule_set=_WORD,
    sample={"type": "boolean"},
    rules={
        "type": "array",
        "minItems": 1,
        "items": _record(
            ["id", "answer", "reason", "effective_from"],
            id={"type": "string", "pattern": r"^[A-Z0-9][A-Z0-9-]*$", "maxLength": 60},
            answer={"enum": [one.value for one in Requirement]},
            reason={"type": "string", "minLength": 1, "maxLength": 300},
            owner=_WORD,
            when=_record(
                [],
                plan=_WORD,
                product=_WORD,
                program=_WORD,
                service=_one_or_more(_SERVICE),
                place=_one_or_more(_PLACE),
                in_network={"type": "boolean"},
            ),
            effective_from=_DAY,
            effective_to={"anyOf": [_DAY, {"type": "null"}]},
        ),
    },
)

# What the rules lean on; letterheads, towns and contacts are the sample world's own.
TENANT: dict[str, Any] = {
    "type": "object",
    "required": ["key", "name", "state", "zone", "plans", "portals", "programs"],
    "properties": {
        "key": _KEY,
        "name": _WORD,
        "state": _WORD,
        "zone": _WORD,
        "plans": {
            "type": "array",
            "minItems": 1,
            "items": _record(
                ["key", "payer_id", "name", "line_of_business", "product"],
                key=_KEY,
                payer_id=_WORD,
                name=_WORD,
                line_of_business={"enum": [one.value for one in LineOfBusiness]},
                product=_WORD,
                accredited={"type": "boolean"},
                service_levels={"type": "array", "items": _WORD},
            ),
        },
        "portals": {"type": "array", "items": {"type": "object", "required": ["key", "host"]}},
        "programs": {"type": "array", "items": {"type": "object", "required": ["key"]}},
    },
}

CODES: dict[str, Any] = {
    "type": "array",
    "items": _record(["system", "code", "service"], system=_WORD, code=_WORD, service=_WORD),
}
