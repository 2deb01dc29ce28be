"""Generated once, kept in DATA/secrets: passwords of the three roles, Django's key, the audit chain's signing key.

A secret is written to a temporary file and renamed, so a crash leaves either
none or a whole one.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

ADMIN_PASSWORD = "postgres_password"
OWNER_PASSWORD = "owner_password"
APP_PASSWORD = "app_password"
SECRET_KEY = "secret_key"
AUDIT_KEY = "audit_key"  # 32 bytes in hexadecimal: the seed of an Ed25519 private key
_HEXADECIMAL = {AUDIT_KEY}


def read(folder: Path, name: str) -> str:
    """The secret of that name, generated at the first call."""
    path = folder / name
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _generate(path)


def _generate(path: Path) -> str:
    secret = secrets.token_hex(32) if path.name in _HEXADECIMAL else secrets.token_urlsafe(48)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # whoever comes second reads what the first one made
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    finally:
        draft.unlink()
    return secret
