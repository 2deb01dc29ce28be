"""A real Forthwith in a folder of its own: started, spoken to over HTTP, stopped."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "forthwith.interfaces.cli"]


def clean() -> dict[str, str]:
    """The environment without what names another installation."""
    ours = ("FORTHWITH_", "DATABASE_", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def forthwith(*words: str, data: Path) -> str:
    """The output of a command on this data folder; raises when it fails."""
    done = subprocess.run(
        [*COMMAND, *words, "--data", str(data)], capture_output=True, text=True, check=False, env=clean()
    )
    if done.returncode:
        raise RuntimeError(f"forthwith {' '.join(words)}: {done.stderr or done.stdout}")
    return done.stdout


@dataclass
class Running:
    """A started server."""

    data: Path
    port: int
    process: subprocess.Popen[bytes]
    world: dict[str, Any] = field(default_factory=dict)

    def children(self) -> list[int]:
        """Every process below the launcher."""
        import psutil

        return [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]

    def is_ready(self) -> bool:
        """Does /readyz answer 200?"""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(link), contextlib.suppress(OSError, http.client.HTTPException):
            link.request("GET", "/readyz")
            return link.getresponse().status == 200
        return False

    def wait(self, seconds: float = 180) -> None:
        """Until it is ready."""
        ends = time.monotonic() + seconds
        while not self.is_ready():
            if time.monotonic() > ends or self.process.poll() is not None:
                raise RuntimeError("the server did not become ready")
            time.sleep(0.1)


@contextlib.contextmanager
def running(data: Path, *, authorizations: int = 0, **environment: str) -> Iterator[Running]:
    """`forthwith up` on this folder, with the sample world (grown to so many authorizations)."""
    forthwith("sample", "load", data=data)
    if authorizations:
        forthwith("sample", "grow", "--authorizations", str(authorizations), data=data)
    port = free_port()
    process = subprocess.Popen(
        [*COMMAND, "up", "--port", str(port), "--data", str(data)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=clean() | environment,
    )
    server = Running(data, port, process)
    try:
        server.wait()
        server.world = json.loads(forthwith("sample", "describe", data=data))
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
