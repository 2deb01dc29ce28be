"""How one port serves sync views and one live stream: a thread a request, without a second hop.

Django's own ASGI handler wraps every sync middleware twice and starts a thread pool for each request. Here the
whole sync chain of a request, its database connection and its closing run in one thread of a fixed pool, as under
WSGI; only the live stream goes through Django's handler. A body is refused while it arrives, not after.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from django.core import signals
from django.core.asgi import get_asgi_application
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import HttpResponseBase
from django.urls import set_script_prefix

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LIVE = "/live"
#: Bytes of the largest body read from anybody: a 25 MB file in a form. Doors have smaller limits of their own.
LARGEST_BODY = 27 * 1024 * 1024
#: One thread holds at most one database connection; FORTHWITH_POOL must not be below this.
THREADS = int(os.environ.get("FORTHWITH_THREADS", "8"))


class TooLarge(BytesIO):
    """The body of a request that sent more than anybody may: whoever reads it says so in the words of its door."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Refuse."""
        raise RequestDataTooBig("The body is larger than this server takes.")


class Application(ASGIHandler):
    """The ASGI application: Django's sync chain in threads, and its async chain for the live stream."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self.live = get_asgi_application()
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request; a client that goes away while it still sends is let go."""
        if scope["type"] != "http":
            raise ValueError("Only HTTP is spoken here.")
        if scope["path"] == LIVE:
            return await self.live(scope, receive, send)
        body = await _body(scope, receive)
        if body is not None:
            loop = asyncio.get_running_loop()
            await _send(send, *await loop.run_in_executor(self.threads, self.answer, scope, body))

    def answer(self, scope: Message, body: BytesIO) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Status, headers and content of one request, start to end in this thread."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        response: HttpResponseBase = refused if request is None else self.get_response(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        try:
            return response.status_code, _headers(response), _content(response)
        finally:
            response.close()


async def _body(scope: Message, receive: Receive) -> BytesIO | None:
    """The whole body; None where the client went away. What is too large is not kept, nor read when announced."""
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not announced.isdigit() or int(announced) > LARGEST_BODY:
        return TooLarge()
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            return TooLarge()
        parts.append(part)
        if not message.get("more_body", False):
            return BytesIO(parts[0] if len(parts) == 1 else b"".join(parts))


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    cookies: Iterable[Any] = response.cookies.values()
    return headers + [(b"Set-Cookie", cookie.output(header="").strip().encode("ascii")) for cookie in cookies]


def _content(response: HttpResponseBase) -> bytes:
    return b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
