"""Offices that ask without rest, as clearinghouses do: what was not answered is sent again under the same key.

What must not enter: knowledge of how the server works. An office knows its Bundle, its key, and what it was answered.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.load import bundles
from tests.load.running import Running

EXPECTED = ("Approved", "Received", "Approved", "Submission not required")
NUMBER = "https://forthwith.example/codes/reference-number"


@dataclass(frozen=True)
class Acknowledged:
    """What an office was told, when it had begun to ask, and how often it had to."""

    number: str
    began: float
    seconds: float
    times: int


@dataclass
class Offices:
    """Threads that submit until they are stopped; every key that was begun is asked to its end."""

    server: Running
    name: str
    size: int = 4
    patience: float = 10.0
    rest: float = 0.0  # seconds between what each asks
    acknowledged: dict[str, Acknowledged] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(me,), daemon=True) for me in range(self.size)]

    @contextlib.contextmanager
    def working(self) -> Iterator[Offices]:
        """They work while the block lasts; afterwards each finishes what it had begun."""
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._ends.set()
            for thread in self._threads:
                thread.join(120)

    def wait_for(self, count: int, *, since: float, seconds: float = 90) -> float:
        """Until so many requests that were begun after this moment are acknowledged; the moment of the last."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self.refused:
            done = sorted(one.began + one.seconds for one in list(self.acknowledged.values()) if one.began >= since)
            if len(done) >= count:
                return done[count - 1]
            time.sleep(0.05)
        raise AssertionError(f"no answers for {seconds:.0f} s: {self.refused[:3]}\n{self.server.said()}")

    def longest_silence(self, *, since: float) -> float:
        """The longest time between two answers from this moment to the last answer."""
        moments = [one.began + one.seconds for one in list(self.acknowledged.values())]
        heard = sorted([since, *(moment for moment in moments if moment > since)])
        return max(later - earlier for earlier, later in itertools.pairwise(heard))

    def _work(self, me: int) -> None:
        client = self.server.world["clients"][me % len(self.server.world["clients"])]
        sent = [bundles.template(self.server.world, client, me * 7 + n, expected=EXPECTED[n % 4]) for n in range(20)]
        for count in itertools.count():
            if self._ends.is_set() or self.refused:
                return
            self._ends.wait(self.rest)
            key = f"{self.name}-{me}-{count}"
            self._ask(key, bundles.with_key(sent[count % len(sent)], key), headers(self.server.world, client))

    def _ask(self, key: str, body: bytes, head: dict[str, str]) -> None:
        began, tried = time.monotonic(), 0
        while time.monotonic() < began + 100:
            tried += 1
            status, answer = post(self.server.port, body, head, timeout=self.patience)
            if status == 200:
                number = reference_number(answer)
                if number is None:
                    self.refused.append(f"{key}: {answer[:800]!r}")
                else:
                    self.acknowledged[key] = Acknowledged(number, began, time.monotonic() - began, tried)
                return
            if 400 <= status < 500:
                self.refused.append(f"{key}: {status} {answer[:800]!r}")
                return
            time.sleep(0.1)
        self.unanswered.append(key)


def headers(world: dict[str, Any], client: dict[str, Any]) -> dict[str, str]:
    """What a connected system sends."""
    host = next(one["host"] for one in world["portals"] if one["key"] == client["portal"])
    return {
        "Host": host,
        "Authorization": f"Bearer {client['token']['token']}",
        "Content-Type": "application/fhir+json",
    }


def post(port: int, body: bytes, head: dict[str, str], *, timeout: float = 30) -> tuple[int, bytes]:
    """Status and body of one submission on a connection of its own; status 0 when none came."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    with contextlib.closing(link), contextlib.suppress(OSError, http.client.HTTPException):
        link.request("POST", "/fhir/Claim/$submit", body, head)
        answer = link.getresponse()
        return answer.status, answer.read()
    return 0, b""


def reference_number(answer: bytes) -> str | None:
    """The reference number of a PAS response Bundle that took the request."""
    response = json.loads(answer)["entry"][0]["resource"]
    if response["outcome"] == "error":
        return None
    return next((one["value"] for one in response["identifier"] if one.get("system") == NUMBER), None)
