"""kill -9 in mid-submission, one process after another: nothing acknowledged is lost, nothing is doubled, nothing is half.

`make test` kills each once, `make long` twenty times.
"""

from __future__ import annotations

import time

import pytest

from tests.load import counting, killing
from tests.load.asking import Offices
from tests.load.measures import LONG, measured, short_or_long, spread
from tests.load.running import Running, forthwith

TIMES = int(short_or_long(1, 20))
LAST = list(killing.WAYS)[-1]
LONGEST_OUTAGE = 60.0  # seconds; a busy machine is slow to start things
REST = short_or_long(0, 0.25)  # seconds; without any, twenty kills leave ten thousand letters to render
CATCHING_UP = short_or_long(60, 600)


@pytest.mark.parametrize("victim", killing.WAYS)
def test_nothing_is_lost_or_doubled_when_it_is_killed(server: Running, victim: str) -> None:
    offices = Offices(server, f"killed-{victim}", rest=REST)
    outages = []
    with offices.working():
        offices.wait_for(8, since=time.monotonic())
        for _ in range(TIMES):
            killed = time.monotonic()
            came_back = killing.WAYS[victim](server)
            came_back()
            offices.wait_for(4, since=time.monotonic())
            outages.append(offices.longest_silence(since=killed))
    server.wait()
    behind = counting.settle(server.data, seconds=CATCHING_UP)
    assert not offices.refused
    assert not offices.unanswered
    assert counting.lost(server.data, offices.name, offices.acknowledged) == []
    assert counting.uncalled(server.data, offices.name, offices.acknowledged) == 0
    assert counting.broken(server.data, offices.name) == {}
    assert counting.wrong_letters(server.data, offices.name) == []
    if LONG or victim == LAST:
        assert "every chain holds" in forthwith("audit", "verify", data=server.data)
    assert max(outages) < LONGEST_OUTAGE
    again = sum(one.times > 1 for one in offices.acknowledged.values())
    measured(
        f"{victim} killed {TIMES} times",
        f"{len(offices.acknowledged)} requests, {again} asked again, none lost or doubled; "
        f"longest silence {spread(outages)}; readers {behind:.1f} s behind",
    )
