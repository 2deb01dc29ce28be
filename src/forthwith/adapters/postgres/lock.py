"""One launcher per data folder; commands that visit a running server are counted, so that it outlives them.

`lock` is held by whoever runs the server. `visitors` is held shared by every
command that uses somebody else's server: a command that started one waits for
them before it stops it. Both are flocks: the kernel lets go of them however
their holder ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path

from .errors import LauncherError


class Lock:
    """A lock file, opened and closed with its holder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def try_to_hold(self, *, shared: bool = False) -> bool:
        """Take it without waiting. False: somebody else has it."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def hold(self, *, seconds: float) -> bool:
        """Take it, waiting at most so long."""
        end = time.monotonic() + seconds
        while not self.try_to_hold():
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True

    def release(self) -> None:
        """Let go; nothing happens if it was not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def write_notes(path: Path, notes: dict[str, object]) -> None:
    """What the holder says of itself and its children, for the second comer and for recovery after a crash."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(notes, file)
    os.replace(draft, path)


def read_notes(path: Path) -> dict[str, object]:
    """The holder's notes; empty when there are none."""
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError) as cause:
        raise LauncherError(f"cannot read {path}: {cause}") from cause
    return notes if isinstance(notes, dict) else {}
