"""Floods: too large, too slow, too many, too often wrong. Meanwhile others are answered, and memory stays bounded.

`make test` sends little of each, `make long` much.
"""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.load import bundles
from tests.load.asking import headers, post
from tests.load.measures import measured, short_or_long
from tests.load.running import Running
from tests.load.visiting import Visitor
from tests.load.watching import Watch, taken, watched

PATIENCE = 10.0  # the slowest ordinary answer, on a busy machine
SESSIONS = 2 * (10 + 1) + 2  # two processes with a pool of ten and a listener each, the worker, a command
GROWTH = 400  # megabytes; two bodies of 10 MB at once in each of two processes are read into objects

Flood = Callable[[Running, int], Counter[int | str]]


def many(times: int, do: Callable[[int], int | str], *, at_once: int = 50) -> Counter[int | str]:
    """Do it so often, from so many threads; how often each came out."""
    with ThreadPoolExecutor(at_once) as pool:
        return Counter(pool.map(do, range(times)))


def large_bodies(server: Running, size: int) -> Counter[int | str]:
    """Bodies of 9, 12 and 40 MB, well-formed and nonsense, all at once."""
    client = server.world["clients"][0]
    head, sent = headers(server.world, client), bundles.template(server.world, client)

    def one(number: int) -> int:
        padded = {
            **sent,
            "meta": {"tag": [{"display": "x" * 1000} for _ in range((9_000, 12_000, 40_000)[number % 3])]},
        }
        return post(server.port, bundles.with_key(padded, f"large-{number}"), head, timeout=120)[0]

    return many(3 * size, one, at_once=6)


def bad_tokens(server: Running, size: int) -> Counter[int | str]:
    """Tokens that are nobody's."""
    head = headers(server.world, server.world["clients"][0])
    return many(100 * size, lambda n: post(server.port, b"{}", head | {"Authorization": f"Bearer wrong-{n}"})[0])


def wrong_sign_ins(server: Running, size: int) -> Counter[int | str]:
    """Passwords that are wrong, for people who are there and people who are not."""
    people = server.world["people"]

    def one(number: int) -> int:
        person = people[number % len(people)]
        name = person["username"] if number % 2 else f"nobody-{number}"
        return Visitor(server, person["portal"]).tries(name, f"wrong-{number}")

    return many(12 * size, one, at_once=40)


def large_headers(server: Running, size: int) -> Counter[int | str]:
    """Headers of a megabyte, and a thousand headers."""
    texts = (b"X-Large: " + b"x" * 1_000_000 + b"\r\n", b"".join(b"X-%d: x\r\n" % n for n in range(1000)))

    def one(number: int) -> int | str:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 30) as link:
            link.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + texts[number % 2] + b"\r\n")
            return int(link.recv(12)[9:12] or 0)
        return "cut off"

    return many(20 * size, one)


FLOODS: dict[str, tuple[Flood, set[int | str]]] = {
    "large bodies": (large_bodies, {200, 413, 422, 503}),
    "bad tokens": (bad_tokens, {401}),
    "wrong sign-ins": (wrong_sign_ins, {200, 429}),
    "large headers": (large_headers, {431, "cut off"}),
}


def test_open_pages_hold_nothing_that_others_need(server: Running, reviewers: list[Visitor]) -> None:
    """Far more live streams than the pool has connections."""
    each = int(short_or_long(20, 40))
    before = taken(server)
    with contextlib.ExitStack() as stack:
        for visitor in reviewers:
            shown = re.search(rb'data-live="([^"]+)"', visitor.gets("/desk/"))
            assert shown
            for _ in range(each):
                stack.callback(visitor.listens(*shown[1].decode().split()).close)
        with watched(server) as watch:
            pass
    _check(watch, before.megabytes)
    measured("flood: open live pages", f"{each * len(reviewers)} open; {watch.words()}")


@pytest.mark.parametrize("name", FLOODS)
def test_others_are_answered_while_it_floods(server: Running, name: str) -> None:
    flood, allowed = FLOODS[name]
    before = taken(server)
    with watched(server) as watch:
        came = flood(server, int(short_or_long(1, 20)))
    assert set(came) <= allowed, came
    _check(watch, before.megabytes)
    measured(f"flood: {name}", f"{sum(came.values())} sent: {_counted(came)}; {watch.words()}")


def test_slow_senders_are_given_up(server: Running) -> None:
    """Half stop in mid-header, half in mid-body; there are more of them than a server has threads."""
    count = int(short_or_long(600, 5000))
    head = headers(server.world, server.world["clients"][0])
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    half = ("POST /fhir/Claim/$submit HTTP/1.1\r\n" + lines).encode()
    before = taken(server)
    with contextlib.ExitStack() as stack:
        links = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60)) for _ in range(count)
        ]
        for number, link in enumerate(links):
            link.sendall(half + (b"Content-Length: 50000\r\n\r\n{" if number % 2 else b""))
        with watched(server) as watch:
            gone = _gone(links, seconds=short_or_long(0, 60))
    _check(watch, before.megabytes)
    assert gone == short_or_long(0, count)
    measured("flood: slow senders", f"{count} open at once, {gone} given up after a minute; {watch.words()}")


def _gone(links: list[socket.socket], *, seconds: float) -> int:
    """How many the server closed (or answered and closed) in this time."""
    ends, gone = time.monotonic() + seconds, 0
    while time.monotonic() < ends and gone < len(links):
        time.sleep(1)
        gone = sum(_is_closed(link) for link in links)
    return gone


def _is_closed(link: socket.socket) -> bool:
    link.setblocking(False)
    try:
        while link.recv(4096):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _check(watch: Watch, before: float) -> None:
    assert not watch.failures
    assert max(watch.seconds.values()) < PATIENCE, watch.words()
    assert watch.sessions <= SESSIONS, watch.words()
    assert watch.megabytes - before < GROWTH, f"from {before:.0f} MB: {watch.words()}"


def _counted(came: Counter[int | str]) -> str:
    return ", ".join(f"{what} ×{count}" for what, count in sorted(came.items(), key=str))
