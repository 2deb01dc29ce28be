"""The shape of a tenant's own data (`tenant_data`), as a JSON schema."""

from __future__ import annotations

from typing import Any

_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest, "pattern": r"^[^\s\p{Cc}]\P{Cc}*$"}


def _rows(required: list[str], *, least: int = 0, **properties: Any) -> dict[str, Any]:
    one = {"type": "object", "required": required, "additionalProperties": False, "properties": properties}
    return {"type": "array", "minItems": least, "items": one}


TENANT_DATA: dict[str, Any] = {
    "type": "object",
    "required": ["tenant"],
    "additionalProperties": False,
    "properties": {
        "tenant": {"type": "string", "pattern": r"^[a-z][a-z0-9-]*$"},
        "payers": _rows(["identifier", "plan"], identifier=_text(80), plan=_text(60)),
        "providers": _rows(["identifier", "npi"], identifier=_text(80), npi={"type": "string", "pattern": r"^\d{10}$"}),
        "codes": _rows(["system", "code", "service"], system=_text(160), code=_text(60), service=_text(60)),
        "members": _rows(
            ["number", "first_name", "last_name", "birth_on", "sex", "coverage"],
            number=_text(40),
            first_name=_text(80),
            last_name=_text(80),
            birth_on=_DAY,
            sex={"enum": ["F", "M", "X"]},
            phone={"type": "string", "maxLength": 20},
            language={"type": "string", "pattern": r"^[a-z]{2,3}(-[A-Z]{2})?$"},
            coverage=_rows(
                ["plan", "starts_on"],
                least=1,
                plan=_text(60),
                starts_on=_DAY,
                ends_on={"anyOf": [_DAY, {"type": "null"}]},
                priority={"type": "integer", "minimum": 1, "maximum": 9},
            ),
        ),
    },
}
