"""Hours in minutes: an ordinary mixture of work, steadily. Nothing may grow, and the readers keep up.

`make test` looks for seconds (does it run at all?), `make long` for minutes.
"""

from __future__ import annotations

import itertools
import re
import threading
import time
from pathlib import Path

from tests.load import bundles, counting
from tests.load.asking import headers, post, reference_number
from tests.load.measures import LONG, measured, short_or_long
from tests.load.running import Running
from tests.load.visiting import Visitor
from tests.load.watching import Taken, taken

SECONDS = short_or_long(4, 300)
EVERY = 0.5  # seconds from one request of an office to its next
LONGEST_LAG = 15.0  # seconds until a letter is rendered, an event sealed
MORE_MEGABYTES = 60  # caches fill
MORE_FILES = 40
_REQUEST = re.compile(rb'href="(/desk/cases/[^"/]+/)"')
_LIVE = re.compile(rb'data-live="([^"]+)"')
_LETTER = re.compile(rb'href="([^"]*/letters/[^"]+[.]pdf)"')
_LAG = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(issued_at)), 0)::float,
 (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(e.at)), 0)::float FROM audit_event e, audit_cursor c
   WHERE c.reader = 'seal' AND (e.transaction, e.position) > (c.transaction, c.position))
FROM letters_letter WHERE rendered_at IS NULL
"""


def test_nothing_grows_and_the_readers_keep_up(server: Running, reviewers: list[Visitor]) -> None:
    counting.settle(server.data, seconds=300)
    ends = threading.Event()
    failures: list[str] = []
    done: dict[str, int] = {}
    work = [lambda: _office(server, ends, done), *(lambda v=one: _visitor(v, ends, done) for one in reviewers[:2])]
    threads = [threading.Thread(target=_guarded, args=(each, failures, ends), daemon=True) for each in work]
    for thread in threads:
        thread.start()
    began, first, lags, last = time.monotonic(), None, (0.0, 0.0), taken(server)
    while time.monotonic() < began + SECONDS and not failures:
        time.sleep(1)
        lags = tuple(map(max, zip(lags, _lag(server.data), strict=True)))
        last = taken(server)
        if first is None and time.monotonic() > began + SECONDS / 4:
            first = last
    ends.set()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert first is not None
    assert max(lags) < LONGEST_LAG, f"letters, seals: {lags}"
    if LONG:
        assert last.megabytes < first.megabytes + MORE_MEGABYTES, (first, last)
        assert last.files < first.files + MORE_FILES, (first, last)
        assert last.sessions <= first.sessions + 4, (first, last)
    measured(
        f"soak: {SECONDS:.0f} s",
        f"{_told(done)}; {_from_to(first, last)}; lag letters {lags[0]:.1f} s, seals {lags[1]:.1f} s",
    )


def _guarded(work, failures: list[str], ends: threading.Event) -> None:  # type: ignore[no-untyped-def]
    try:
        work()
    except Exception as failure:
        failures.append(repr(failure))
        ends.set()


def _office(server: Running, ends: threading.Event, done: dict[str, int]) -> None:
    for count in itertools.count():
        if ends.wait(EVERY):
            return
        client = server.world["clients"][count % len(server.world["clients"])]
        sent = bundles.template(server.world, client, count, expected=("Approved", "Received")[count % 2])
        status, answer = post(
            server.port, bundles.with_key(sent, f"soak-{time.monotonic_ns()}"), headers(server.world, client)
        )
        assert status == 200, (status, answer[:300])
        assert reference_number(answer), answer[:800]
        done["submissions"] = done.get("submissions", 0) + 1


def _visitor(visitor: Visitor, ends: threading.Event, done: dict[str, int]) -> None:
    """The worklist, its live stream opened and dropped, a case, its letter."""
    while not ends.wait(0.2):
        worklist = visitor.gets("/desk/")
        live = _LIVE.search(worklist)
        if live:
            visitor.listens(*live[1].decode().split()).close()
        done["pages"] = done.get("pages", 0) + 2
        for path in dict.fromkeys(_REQUEST.findall(worklist)[:3]):
            case = visitor.gets(path.decode())
            done["pages"] += 1
            for letter in dict.fromkeys(_LETTER.findall(case)[:1]):
                assert visitor.gets(letter.decode()).startswith(b"%PDF")
                done["letters"] = done.get("letters", 0) + 1


def _lag(data: Path) -> tuple[float, float]:
    with counting.connected(data) as link:
        row = link.execute(_LAG).fetchone()
    return row or (0.0, 0.0)


def _told(done: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(done.items()))


def _from_to(first: Taken, last: Taken) -> str:
    return (
        f"{first.megabytes:.0f} to {last.megabytes:.0f} MB, {first.files} to {last.files} files, "
        f"{first.sessions} to {last.sessions} database sessions"
    )
