"""One real server for all tests of this folder, and the table of what they measured."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.load.measures import LONG, ROWS
from tests.load.running import Running, running
from tests.load.visiting import Visitor


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    """`forthwith up` with the sample world, from nothing."""
    with tempfile.TemporaryDirectory(prefix="forthwith-load-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with running(Path(folder) / "data") as started:
            yield started


@pytest.fixture(scope="session")
def visitors(server: Running) -> list[Visitor]:
    """Reviewers who signed in before anybody's wrong passwords close the door for their address."""
    people = [one for one in server.world["people"] if one["roles"] in (["nurse"], ["physician"])]
    signed_in = []
    for person in people[: 10 if LONG else 2]:
        visitor = Visitor(server, person["portal"])
        visitor.signs_in(person)
        signed_in.append(visitor)
    return signed_in


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
