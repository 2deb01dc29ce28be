"""What a running server takes of the machine, and whether it still answers, seen from outside."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil

from tests.load import bundles, counting
from tests.load.asking import headers, post, reference_number
from tests.load.running import Running

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Taken:
    """Memory, open files and threads of web server and worker; sessions of the database."""

    megabytes: float
    files: int
    threads: int
    sessions: int


def taken(server: Running) -> Taken:
    """At this moment. Memory is what the processes have to themselves (USS), so that nothing is counted twice."""
    memory = files = threads = 0
    for name in ("web", "jobs"):
        parent = server.named(name)
        for process in [parent, *parent.children()] if parent else []:
            with contextlib.suppress(psutil.Error):
                memory += process.memory_full_info().uss
                files += process.num_fds()
                threads += process.num_threads()
    with counting.connected(server.data) as link:
        row = link.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'forthwith_app'").fetchone()
    return Taken(memory / MEGABYTE, files, threads, row[0] if row else 0)


@dataclass
class Watch:
    """The worst that was seen while it watched: seconds of each kind of answer, and what was taken."""

    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    megabytes: float = 0.0
    sessions: int = 0
    rounds: int = 0

    def words(self) -> str:
        """For the table."""
        slowest = ", ".join(f"{what} {seconds:.2f} s" for what, seconds in self.seconds.items())
        return f"slowest {slowest}; {self.megabytes:.0f} MB, {self.sessions} database sessions"


@contextlib.contextmanager
def watched(server: Running, *, least: int = 2) -> Iterator[Watch]:
    """Ask for health, readiness and one ordinary submission again and again, at least so often."""
    watch, ends = Watch(), threading.Event()

    def look() -> None:
        while not ends.is_set() or watch.rounds < least:
            _look(server, watch)
            ends.wait(0.2)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        ends.set()
        thread.join(120)


def _look(server: Running, watch: Watch) -> None:
    for what in ("/healthz", "/readyz", "submission"):
        began = time.monotonic()
        fine = _submits(server, watch.rounds) if what == "submission" else _gets(server, what)
        seconds = time.monotonic() - began
        watch.seconds[what] = max(watch.seconds.get(what, 0.0), seconds)
        if not fine:
            watch.failures.append(f"{what} failed after {seconds:.1f} s")
    now = taken(server)
    watch.megabytes = max(watch.megabytes, now.megabytes)
    watch.sessions = max(watch.sessions, now.sessions)
    watch.rounds += 1


def _gets(server: Running, path: str) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with contextlib.closing(link), contextlib.suppress(OSError, http.client.HTTPException):
        link.request("GET", path)
        return link.getresponse().status == 200
    return False


def _submits(server: Running, number: int) -> bool:
    client = server.world["clients"][0]
    key = f"watched-{time.monotonic_ns()}"
    body = bundles.with_key(bundles.template(server.world, client, number), key)
    status, answer = post(server.port, body, headers(server.world, client))
    return status == 200 and reference_number(answer) is not None
