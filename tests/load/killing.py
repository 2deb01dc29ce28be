"""Ways to die: each takes a running server, kills one process of it as the kernel would, without a word, and returns a
function that waits until another has taken its place.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable

import psutil

from tests.load.running import Running

Wait = Callable[[], None]


def web(server: Running) -> Wait:
    """The web server's main process; its workers are left without it."""
    return _kill_child(server, "web")


def web_worker(server: Running) -> Wait:
    """One of the processes that serve."""
    former = {one.pid for one in _below(server, "web", "", least=2)}
    os.kill(random.choice(sorted(former)), signal.SIGKILL)

    def came_back() -> None:
        ends = time.monotonic() + 60
        while not {one.pid for one in _below(server, "web", "", least=2)} - former:
            assert time.monotonic() < ends, f"no new web worker:\n{server.said()}"
            time.sleep(0.05)

    return came_back


def jobs(server: Running) -> Wait:
    """The job worker: letters, seals, live pages."""
    return _kill_child(server, "jobs")


def postmaster(server: Running) -> Wait:
    """The database's first process; its others end by themselves, in the middle of what they do."""
    return _kill_child(server, "postgres")


def backend(server: Running) -> Wait:
    """A session of the database, if possible one inside a transaction: all others are reset by it."""
    found = _below(server, "postgres", "forthwith_app")
    busy = [one for one in found if "idle" not in one.cmdline()[0] or "in transaction" in one.cmdline()[0]]
    os.kill(random.choice(busy or found).pid, signal.SIGKILL)
    return server.wait


def launcher(server: Running) -> Wait:
    """`forthwith up` itself, followed by a new one on the same folder."""
    os.kill(server.process.pid, signal.SIGKILL)
    server.start_again()

    def came_back() -> None:
        for name in ("postgres", "web", "jobs"):
            _child(server, name)
        server.wait()

    return came_back


WAYS: dict[str, Callable[[Running], Wait]] = {
    "web": web,
    "web-worker": web_worker,
    "jobs": jobs,
    "postmaster": postmaster,
    "backend": backend,
    "launcher": launcher,
}


def _kill_child(server: Running, name: str) -> Wait:
    former = _child(server, name).pid
    os.kill(former, signal.SIGKILL)

    def came_back() -> None:
        ends = time.monotonic() + 60
        while (found := server.named(name)) is None or found.pid == former:
            assert time.monotonic() < ends, f"no new {name}:\n{server.said()}"
            time.sleep(0.05)

    return came_back


def _child(server: Running, name: str) -> psutil.Process:
    ends = time.monotonic() + 60
    while (found := server.named(name)) is None:
        assert time.monotonic() < ends, f"there is no {name}:\n{server.said()}"
        time.sleep(0.05)
    return found


def _below(server: Running, name: str, words: str, *, least: int = 1) -> list[psutil.Process]:
    """Children of that child whose command line has these words; waits for so many."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            found = [one for one in _child(server, name).children() if words in " ".join(one.cmdline())]
        except psutil.Error:
            continue
        if len(found) >= least:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{name} has no process with {words!r}:\n{server.said()}")
