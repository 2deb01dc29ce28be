"""A real Forthwith in a folder of its own: started, spoken to over HTTP, killed in parts, stopped."""

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

import psutil

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


def forthwith(*words: str, data: Path, said: str = "stdout") -> str:
    """What a command on this data folder said; raises when it fails."""
    done = subprocess.run(
        [*COMMAND, *words, "--data", str(data)], capture_output=True, text=True, check=False, env=clean()
    )
    if done.returncode:
        raise RuntimeError(f"forthwith {' '.join(words)}: {done.stderr or done.stdout}")
    return done.stdout if said == "stdout" else done.stderr


def launched(data: Path, port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """`forthwith up` on this folder, saying what it says into a log beside it."""
    with (data.parent / "up.log").open("ab") as log:
        return subprocess.Popen(
            [*COMMAND, "up", "--port", str(port), "--data", str(data)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=clean() | environment,
        )


@dataclass
class Running:
    """A started server."""

    data: Path
    port: int
    process: subprocess.Popen[bytes]
    world: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def children(self) -> list[int]:
        """Every process below the launcher."""
        return [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]

    def named(self, name: str) -> psutil.Process | None:
        """The launcher's child of this name (postgres, web, jobs), while it lives."""
        marks = {"web": "granian", "jobs": "jobs", "postgres": "postgres"}
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                words = child.cmdline()
                if words and (marks[name] in words or words[0].endswith(f"/{marks[name]}")):
                    return child
        return None

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
                raise RuntimeError(f"the server did not become ready:\n{self.said()}")
            time.sleep(0.1)

    def said(self) -> str:
        """The end of what the launcher and its children said."""
        logs = [self.data.parent / "up.log", *sorted((self.data / "logs").glob("*.log"))]
        tails = ("\n".join(log.read_text("utf-8", "replace").splitlines()[-30:]) for log in logs if log.exists())
        return "\n\n".join(tails)

    def start_again(self) -> None:
        """A new `forthwith up` on the same folder and port, after the launcher ended."""
        self.process.wait(60)
        self.process = launched(self.data, self.port, self.environment)

    def stop(self) -> None:
        """Ask it to stop, and make sure that it did."""
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(60)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


@contextlib.contextmanager
def running(data: Path, *, authorizations: int = 0, **environment: str) -> Iterator[Running]:
    """`forthwith up` on this folder, with the sample world (grown to so many authorizations)."""
    if authorizations:
        forthwith("sample", "load", data=data)
        forthwith("sample", "grow", "--authorizations", str(authorizations), data=data)
    port = free_port()
    server = Running(data, port, launched(data, port, environment), environment=environment)
    try:
        server.wait()
        server.world = json.loads(forthwith("sample", "describe", data=data))
        yield server
    finally:
        server.stop()
