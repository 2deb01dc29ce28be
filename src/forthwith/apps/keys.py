"""Primary keys: UUIDv7, time-ordered, made before the insert so that one statement can write many tables."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat


def new_key() -> UUID:
    """A fresh UUIDv7."""
    return uuid_utils.compat.uuid7()
