"""How a child process of ours is started: as the account, in a session of its own, with a log and a clean environment.

Call it before threads are started: between fork and exec a child runs our own code.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from .account import Account, before_exec, most_files

LARGEST_LOG = 10_000_000  # bytes; a longer log is set aside at the next start

__all__ = ["Account", "most_files", "opened_log", "run", "spawn"]


def spawn(
    command: Sequence[str],
    *,
    account: Account,
    environment: Mapping[str, str],
    log: BinaryIO,
    on_launcher_death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start it and return at once. A Ctrl-C at the terminal does not reach it; the launcher's death does."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=dict(environment),
        start_new_session=True,
        preexec_fn=before_exec(account, on_launcher_death=on_launcher_death),
    )


def run(
    command: Sequence[str], *, account: Account, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run it to its end; stdout holds all that it said."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        env=dict(environment),
        preexec_fn=before_exec(account, on_launcher_death=signal.SIGKILL),
    )


def opened_log(path: Path) -> BinaryIO:
    """Append to the log; a long one is set aside first."""
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600), "ab")
