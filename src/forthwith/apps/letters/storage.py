"""Bytes of letters in Django's storage: there whole or not there, and on the disk before a row says so."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def write(name: str, content: bytes) -> None:
    """Put `content` under `name`, replacing what was there."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:  # a store of objects: its puts are atomic and durable by themselves
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_file(path, content)


def read(name: str) -> bytes | None:
    """The bytes under `name`, or None."""
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None


def _write_file(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
