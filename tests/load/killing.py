"""Ways to die: each takes a running server and kills one process of it as the kernel would, without a word."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable

import psutil

from tests.load.running import Running


def web(server: Running) -> None:
    """The web server's main process; its workers are left without it."""
    _kill(_child(server, "web").pid)


def web_worker(server: Running) -> None:
    """One of the processes that serve."""
    _kill(random.choice(_below(server, "web", "")).pid)


def jobs(server: Running) -> None:
    """The job worker: letters, seals, live pages."""
    _kill(_child(server, "jobs").pid)


def postmaster(server: Running) -> None:
    """The database's first process; its others end by themselves, in the middle of what they do."""
    _kill(_child(server, "postgres").pid)


def backend(server: Running) -> None:
    """A session of the database, if possible one inside a transaction: all others are reset by it."""
    found = _below(server, "postgres", "forthwith_app")
    busy = [one for one in found if "idle" not in one.cmdline()[0] or "in transaction" in one.cmdline()[0]]
    _kill(random.choice(busy or found).pid)


def launcher(server: Running) -> None:
    """`forthwith up` itself, followed by a new one on the same folder."""
    os.kill(server.process.pid, signal.SIGKILL)
    server.start_again()


WAYS: dict[str, Callable[[Running], None]] = {
    "web": web,
    "web-worker": web_worker,
    "jobs": jobs,
    "postmaster": postmaster,
    "backend": backend,
    "launcher": launcher,
}


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _child(server: Running, name: str) -> psutil.Process:
    ends = time.monotonic() + 60
    while (found := server.named(name)) is None:
        assert time.monotonic() < ends, f"there is no {name}:\n{server.said()}"
        time.sleep(0.05)
    return found


def _below(server: Running, name: str, words: str) -> list[psutil.Process]:
    """Children of that child whose command line has these words; waits for one."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            found = [one for one in _child(server, name).children() if words in " ".join(one.cmdline())]
        except psutil.Error:
            continue
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{name} has no process with {words!r}:\n{server.said()}")
