"""A short id for each request, shown on error pages and written in logs, so that one finds the other."""

from __future__ import annotations

import secrets
from typing import Any

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


def request_id(request: Any) -> str:
    """The request's id, made on first need."""
    known: str | None = getattr(request, "trace_id", None)
    if known is None:
        known = "".join(secrets.choice(_ALPHABET) for _ in range(10))
        request.trace_id = known
    return known
