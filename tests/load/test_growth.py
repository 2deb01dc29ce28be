"""A large world: growing it, killed and not, and finding one's way in it.

`make test` adds thousands, `make long` a million.
"""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

from tests.load import counting
from tests.load.measures import LONG, measured, short_or_long
from tests.load.running import COMMAND, Running, clean, forthwith
from tests.load.visiting import Visitor

MANY = int(short_or_long(2_000, 1_000_000))
PORTION = 10_000  # growing stores so many at once
SLOWEST = 2.0  # seconds for a page, on a busy machine; a page that reads all rows of a million takes far longer
_TABLES = ("authorizations_authorization", "authorizations_line", "authorizations_submission")
_SCANS = "SELECT coalesce(sum(seq_scan), 0)::int FROM pg_stat_user_tables WHERE relname = ANY(%s)"


def test_a_load_that_was_killed_in_the_middle_is_begun_again(server: Running) -> None:
    """The server of these tests stands on one (see conftest.py)."""
    assert counting.broken(server.data, "sample") == {}
    assert "there already" in forthwith("sample", "load", data=server.data, said="stderr")
    assert len(server.world["portals"]) == 5


def test_growing_that_was_killed_leaves_whole_portions_and_is_gone_on_with(server: Running) -> None:
    before = _count(server.data)
    command = [*COMMAND, "sample", "grow", "--authorizations", str(20 * PORTION), "--data", str(server.data)]
    growing = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=clean())
    _until_it_writes(server.data, portions=short_or_long(0, 2), before=before)
    growing.kill()
    assert growing.wait(30) == -signal.SIGKILL
    said = forthwith("sample", "grow", "--authorizations", str(MANY), data=server.data, said="stderr")
    assert f"{MANY:,} authorizations were added in" in said
    assert (_count(server.data) - before) % PORTION == MANY % PORTION
    assert counting.broken(server.data, "grown") == {}
    measured("grown", said.strip())


def test_pages_are_quick_in_a_large_world(server: Running, people: dict[str, list[Visitor]]) -> None:
    scans = _scans(server.data)
    nurse, office = people["nurse"][0], people["coordinator"][0]
    case = _first(nurse, "/desk/", rb"/desk/cases/(R-[^/\"]+)/")
    own = _first(office, "/authorizations/", rb"/authorizations/(R-[^/\"]+)/")
    slowest = {
        "worklist": _time(nurse, "/desk/"),
        "case": _time(nurse, f"/desk/cases/{case}/"),
        "search by number": max(_time(nurse, f"/desk/?q={case}"), _time(office, f"/authorizations/?q={own}")),
        "home": _time(office, "/"),
        "list": _time(office, "/authorizations/"),
        "authorization": _time(office, f"/authorizations/{own}/"),
    }
    measured("pages there, median", ", ".join(f"{name} {seconds:.2f} s" for name, seconds in slowest.items()))
    assert max(slowest.values()) < SLOWEST, slowest
    if LONG:
        time.sleep(11)  # the database's sessions tell their statistics within ten seconds
        assert _scans(server.data) == scans, "a page read a table from end to end"


def _first(visitor: Visitor, path: str, pattern: bytes) -> str:
    found = re.search(pattern, visitor.gets(path))
    assert found, f"{path} names no request"
    return found[1].decode()


def _time(visitor: Visitor, path: str) -> float:
    """The median of five."""
    times = []
    for _ in range(5):
        began = time.monotonic()
        status, _ = visitor.asks("GET", path)
        times.append(time.monotonic() - began)
        assert status in (200, 302), (path, status)
    return sorted(times)[2]


def _count(data: Path) -> int:
    with counting.connected(data) as link:
        row = link.execute("SELECT count(*) FROM authorizations_submission WHERE key LIKE 'grown/%%'").fetchone()
    return row[0] if row else 0


def _scans(data: Path) -> int:
    with counting.connected(data) as link:
        row = link.execute(_SCANS, [list(_TABLES)]).fetchone()
    return row[0] if row else 0


def _until_it_writes(data: Path, *, portions: float, before: int) -> None:
    ends = time.monotonic() + 120
    with counting.connected(data) as link:
        while time.monotonic() < ends:
            row = link.execute("SELECT count(*) FROM pg_stat_progress_copy").fetchone()
            if row and row[0] and _count(data) - before >= portions * PORTION:
                return
            time.sleep(0.02)
    raise AssertionError("growing wrote nothing")
