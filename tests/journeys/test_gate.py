"""The gate before the application: too slow, too many, too much at once; everybody else is let through."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from forthwith.interfaces.web import gate as gates
from forthwith.interfaces.web.gate import Gate
from forthwith.interfaces.web.serving import LARGEST_BODY

Scope = dict[str, Any]


class Inside:
    """An application that reads the body, and answers when it is told to."""

    def __init__(self) -> None:
        self.at_once = self.most = 0
        self.bodies: list[int] = []
        self.open = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
        self.bodies.append(size)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await self.open.wait()
        self.at_once -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})


def scope(path: str = "/", method: str = "POST", announced: int | None = None) -> Scope:
    headers = [] if announced is None else [(b"content-length", str(announced).encode())]
    return {"type": "http", "path": path, "method": method, "headers": headers}


async def ask(gate: Gate, asked: Scope, *parts: bytes, rest: Callable[[], Awaitable[Any]] | None = None) -> int | None:
    """The status of one request whose body comes in these parts; None when nothing was said."""
    left, said = list(parts or (b"",)), []

    async def receive() -> Any:
        if not left:
            assert rest, "read past the end"
            return await rest()
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left or rest)}

    async def send(message: Any) -> None:
        said.append(message)

    await gate(asked, receive, send)
    return said[0]["status"] if said else None


async def never() -> Any:
    await asyncio.Event().wait()


def run(work: Callable[[Gate, Inside], Awaitable[None]]) -> None:
    async def inside() -> None:
        app = Inside()
        await asyncio.wait_for(work(Gate(app), app), 20)

    asyncio.run(inside())


def test_a_request_passes() -> None:
    async def work(gate: Gate, app: Inside) -> None:
        app.open.set()
        assert await ask(gate, scope(), b"abc", b"de") == 200
        assert app.bodies == [5]
        assert (gate.waiting, gate.heavy_bytes) == (0, 0)

    run(work)


def test_a_body_that_stops_coming_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "FIRST_SECONDS", 0.01)

    async def work(gate: Gate, app: Inside) -> None:
        assert await ask(gate, scope(), b"{", rest=never) == 408
        assert app.bodies == []

    run(work)


def test_so_many_are_served_at_once_and_the_others_wait() -> None:
    async def work(gate: Gate, app: Inside) -> None:
        asked = [asyncio.create_task(ask(gate, scope())) for _ in range(3 * gates.AT_ONCE)]
        while gate.waiting < 2 * gates.AT_ONCE:
            await asyncio.sleep(0)
        assert app.at_once == gates.AT_ONCE
        app.open.set()
        assert set(await asyncio.gather(*asked)) == {200}
        assert app.most == gates.AT_ONCE and gate.waiting == 0

    run(work)


def test_more_than_may_wait_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "MOST_WAITING", 3)

    async def work(gate: Gate, app: Inside) -> None:
        asked = [asyncio.create_task(ask(gate, scope())) for _ in range(gates.AT_ONCE + 3)]
        while gate.waiting < 3:
            await asyncio.sleep(0)
        assert await ask(gate, scope()) == 503
        app.open.set()
        assert set(await asyncio.gather(*asked)) == {200}

    run(work)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/live"])
def test_health_and_live_pages_pass_the_queue_by(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "MOST_WAITING", 0)

    async def work(gate: Gate, app: Inside) -> None:
        app.open.set()
        assert await ask(gate, scope(path, "GET")) == 200
        assert await ask(gate, scope()) == 503

    run(work)


@pytest.mark.parametrize(
    ("asked", "body"), [(scope(), b"x" * (gates.HEAVY + 1)), (scope("/sign-in/"), b"")], ids=["body", "password"]
)
def test_what_is_costly_is_read_a_few_at_a_time(asked: Scope, body: bytes) -> None:
    async def work(gate: Gate, app: Inside) -> None:
        many = [asyncio.create_task(ask(gate, asked, body)) for _ in range(6)]
        while gate.waiting < 6 - gates.COSTLY_AT_ONCE:
            await asyncio.sleep(0)
        assert app.at_once == gates.COSTLY_AT_ONCE
        app.open.set()
        assert set(await asyncio.gather(*many)) == {200}
        assert gate.heavy_bytes == 0

    run(work)


def test_large_bodies_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "MOST_HEAVY_BYTES", 2 * gates.HEAVY)

    async def work(gate: Gate, app: Inside) -> None:
        app.open.set()
        first = asyncio.create_task(ask(gate, scope(), b"x" * (gates.HEAVY + 1), rest=never))
        await asyncio.sleep(0)
        assert await ask(gate, scope(), b"x" * (gates.HEAVY + 1)) == 503
        assert await ask(gate, scope(), b"x" * 100) == 200
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert gate.heavy_bytes == 0

    run(work)


def test_what_is_announced_as_too_large_is_thrown_away_and_answered_by_the_application() -> None:
    async def work(gate: Gate, app: Inside) -> None:
        answered = []

        async def application(scope: Scope, receive: Any, send: Any) -> None:
            answered.append(gate.heavy_bytes)
            await send({"type": "http.response.start", "status": 413, "headers": []})

        gate._app = application
        parts = [b"x" * LARGEST_BODY, b"x", b"x"]
        assert await ask(gate, scope(announced=LARGEST_BODY + 2), *parts) == 413
        assert answered and gate.heavy_bytes == 0

    run(work)
