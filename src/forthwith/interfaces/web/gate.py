"""The gate before the application: how slowly a request may come, how much may lie about, how many are served at once.

Whoever sends too slowly or too many is turned away here, where it costs no thread and no database connection;
everybody else waits in a short queue. Large bodies and passwords are costly to read, so few of them are read at once.
Health checks pass the queue by, and an open live page is no request that is being worked on. What must not enter: who
asks, and what is too large for a door (serving.py and the doors say that in their own words).
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

from .serving import LARGEST_BODY, LIVE, THREADS, Message, Receive, Send

FIRST_SECONDS = 20.0  # for the body to come, and a second more for each SLOWEST bytes that came
SLOWEST = 50_000
DRAINED = 5 * LARGEST_BODY  # so much is read and thrown away, so that the sender hears why
HEAVY = 256 * 1024
MOST_HEAVY_BYTES = 5 * LARGEST_BODY  # of bodies above HEAVY, in a process
AT_ONCE = max(1, THREADS - 2)  # the threads that are left are for health checks
COSTLY_AT_ONCE = 2
MOST_WAITING = 512
ALIVE, READY = "/healthz", "/readyz"
PASSWORDS = "/sign-in/"


class Refusal(NamedTuple):
    """Why the gate is closed for this one."""

    status: int
    text: str


TOO_SLOW = Refusal(408, "The body did not arrive in time.")
TOO_MANY = Refusal(503, "Too much is asked at this moment. Try again in a few seconds.")


class Gate:
    """An ASGI application around another."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._costly_slots = asyncio.Semaphore(COSTLY_AT_ONCE)
        self._ready_slot = asyncio.Semaphore(1)
        self.waiting = 0
        self.heavy_bytes = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let it through, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passing = Passing(self, scope, receive)
        async with passing.held:
            if passing.is_announced_too_large:
                await passing.come_in()
            if passing.refusal is None:
                await self._app(scope, passing.receive, send)
        if passing.refusal is not None:
            await _refuse(passing.refusal, send)

    async def admit(self, path: str, costly: bool, held: AsyncExitStack) -> Refusal | None:
        """Wait until there is room; what is taken is given back with `held`."""
        if path in (ALIVE, LIVE):
            return None
        if path == READY:
            await held.enter_async_context(self._ready_slot)
            return None
        if self.waiting >= MOST_WAITING:
            return TOO_MANY
        self.waiting += 1
        try:
            if costly:
                await held.enter_async_context(self._costly_slots)
            await held.enter_async_context(self._slots)
        finally:
            self.waiting -= 1
        return None


class Passing:
    """One request on its way in. To the application a refused one looks like a sender who hung up."""

    def __init__(self, gate: Gate, scope: Message, receive: Receive) -> None:
        self._gate, self._path, self._receive = gate, scope["path"], receive
        self._is_password = scope["method"] == "POST" and self._path.startswith(PASSWORDS)
        self._announced = _announced(scope)
        self._size = 0
        self._ends_at = 0.0
        self._is_in = False
        self.held = AsyncExitStack()
        self.refusal: Refusal | None = None

    @property
    def is_announced_too_large(self) -> bool:
        """The application answers this one without reading it."""
        return self._announced > LARGEST_BODY

    async def receive(self) -> Message:
        """ASGI's receive: the body in its time, and then a place to be served at."""
        if self._is_in:
            return await self._receive()
        message = await self._next()
        if message["type"] == "http.request":
            if self._size > LARGEST_BODY:
                await self._drain(message)
            if self._size > LARGEST_BODY or not message.get("more_body", False):
                await self.come_in()
        return message if self.refusal is None else {"type": "http.disconnect"}

    async def come_in(self) -> None:
        """Take a place; a body that is not wanted is thrown away first, so that its sender listens."""
        if self._size == 0 and LARGEST_BODY < self._announced <= DRAINED:
            await self._drain({"type": "http.request", "more_body": True})
        self._is_in = True
        if self.refusal is None:
            costly = self._is_password or HEAVY < self._size <= LARGEST_BODY
            self.refusal = await self._gate.admit(self._path, costly, self.held)

    async def _next(self) -> Message:
        now = asyncio.get_running_loop().time()
        self._ends_at = self._ends_at or now + FIRST_SECONDS
        try:
            async with asyncio.timeout_at(self._ends_at + self._size / SLOWEST):
                message = await self._receive()
        except TimeoutError:
            self.refusal = TOO_SLOW
            return {"type": "http.disconnect"}
        self._count(len(message.get("body", b"")))
        return message

    def _count(self, more: int) -> None:
        """What lies about of heavy bodies is bounded for all together."""
        before, self._size = self._size, self._size + more
        if HEAVY < self._size <= LARGEST_BODY:
            added = more if before > HEAVY else self._size
            if self._gate.heavy_bytes + added > MOST_HEAVY_BYTES:
                self.refusal = TOO_MANY
                return
            self._gate.heavy_bytes += added
            self.held.callback(self._let_go, added)

    def _let_go(self, count: int) -> None:
        self._gate.heavy_bytes -= count

    async def _drain(self, message: Message) -> None:
        while message["type"] == "http.request" and message.get("more_body", False) and self._size < DRAINED:
            message = await self._next()


def _announced(scope: Message) -> int:
    """What the sender says is coming; 0 when they do not say."""
    value = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(value[:18]) if value.isdigit() else 0


async def _refuse(refusal: Refusal, send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if refusal is TOO_MANY:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": refusal.text.encode()})
