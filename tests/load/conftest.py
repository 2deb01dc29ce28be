"""One real server for all tests of this folder, and the table of what they measured."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from forthwith.adapters.postgres import Cluster, LauncherError, existing
from tests.load.measures import LONG, ROWS
from tests.load.running import COMMAND, Running, clean, running
from tests.load.visiting import Visitor

_WRITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'forthwith%' AND backend_xid IS NOT NULL "
    "AND clock_timestamp() - xact_start > interval '0.3 s'"
)


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    """`forthwith up` with the sample world, on a folder where loading it was killed in the middle."""
    with tempfile.TemporaryDirectory(prefix="forthwith-load-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        _kill_a_load(data)
        with running(data) as started:
            yield started


def _kill_a_load(data: Path) -> None:
    command = [*COMMAND, "sample", "load", "--data", str(data)]
    loading = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=clean())
    while not _is_writing(data):
        assert loading.poll() is None, "it ended before it could be killed"
        time.sleep(0.05)
    loading.kill()
    loading.wait(30)


def _is_writing(data: Path) -> bool:
    """Are the tables there, and is somebody filling them?"""
    folders = existing(data)
    try:
        if folders is None:
            return False
        with psycopg.connect(Cluster(folders).owner_url) as link:
            if link.execute("SELECT to_regclass('tenancy_tenant') IS NOT NULL").fetchone() != (True,):
                return False
        with psycopg.connect(Cluster(folders).admin_url) as link:
            return link.execute(_WRITING).fetchone() == (1,)
    except (psycopg.Error, LauncherError, OSError):
        return False


@pytest.fixture(scope="session")
def people(server: Running) -> dict[str, list[Visitor]]:
    """By role, those who signed in before anybody's wrong passwords closed the door for their address."""
    signed_in: dict[str, list[Visitor]] = {"nurse": [], "physician": [], "coordinator": []}
    for role, visitors in signed_in.items():
        for person in [one for one in server.world["people"] if one["roles"] == [role]][: 5 if LONG else 1]:
            visitor = Visitor(server, person["portal"])
            visitor.signs_in(person)
            visitors.append(visitor)
    return signed_in


@pytest.fixture
def reviewers(people: dict[str, list[Visitor]]) -> list[Visitor]:
    """Nurses and physicians."""
    return [*people["nurse"], *people["physician"]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests may take long."""
    for item in items:
        if "tests/load/" in item.nodeid:
            item.add_marker(pytest.mark.timeout(3600 if LONG else 300))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table."""
    if not ROWS:
        return
    terminalreporter.section("measured")
    width = max(len(what) for what, _ in ROWS)
    for what, value in ROWS:
        terminalreporter.write_line(f"{what:<{width}}  {value}")
