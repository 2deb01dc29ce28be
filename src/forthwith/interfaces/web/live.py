"""The live view: one stream a page, fed by one LISTEN a process. Says only that something changed, never what.

A page names the authorizations it shows; the stream carries an empty event for
each change, and the page asks for itself anew through the ordinary door.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from forthwith.apps.authorizations.queries import visible_to
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.permissions import Permission

KEEP_ALIVE_SECONDS = 15.0
LONGEST_SECONDS = 30 * 60
MOST_STREAMS = 2000  # in a process
MOST_OF_ONE = 40  # of one person: pages left open, and not a flood


class Switchboard:
    """Who listens to what in this process; one database connection for all."""

    def __init__(self) -> None:
        self.waiting: dict[str, set[asyncio.Event]] = {}
        self.listeners: Counter[UUID] = Counter()
        self.task: asyncio.Task[None] | None = None

    def has_room_for(self, person: UUID) -> bool:
        """May this person open another stream here?"""
        return self.listeners[person] < MOST_OF_ONE and self.listeners.total() < MOST_STREAMS

    def join(self, person: UUID, keys: list[str]) -> asyncio.Event:
        """An event that is set at the next change of any of these."""
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._listen())
        bell = asyncio.Event()
        self.listeners[person] += 1
        for key in keys:
            self.waiting.setdefault(key, set()).add(bell)
        return bell

    def leave(self, person: UUID, keys: list[str], bell: asyncio.Event) -> None:
        """Stop listening."""
        self.listeners[person] -= 1
        if not self.listeners[person]:
            del self.listeners[person]
        for key in keys:
            self.waiting.get(key, set()).discard(bell)
            if not self.waiting.get(key):
                self.waiting.pop(key, None)

    async def _listen(self) -> None:
        while True:
            try:
                listener = await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True)
                async with listener:
                    await listener.execute("LISTEN forthwith_live")
                    self._ring_all()
                    async for notice in listener.notifies():
                        for bell in self.waiting.get(json.loads(notice.payload)["authorization"], ()):
                            bell.set()
            except psycopg.OperationalError:
                await asyncio.sleep(1)

    def _ring_all(self) -> None:
        """After a break nobody knows what was missed: every page looks once."""
        for bells in self.waiting.values():
            for bell in bells:
                bell.set()


switchboard = Switchboard()


def _parameters() -> dict[str, str]:
    named = connection.settings_dict
    pairs = {
        "dbname": named["NAME"], "user": named["USER"], "password": named["PASSWORD"], "host": named["HOST"],
        "port": named["PORT"],
    }  # fmt: skip
    return {name: str(value) for name, value in pairs.items() if value}


async def stream(request: HttpRequest) -> HttpResponseBase:
    """GET /live?authorization=<key>: an event stream for authorizations that the actor may see, else 404."""
    keys = await sync_to_async(_visible)(request)
    if not keys:
        return HttpResponse(status=404)
    person = request.actor.id  # type: ignore[attr-defined]
    if not switchboard.has_room_for(person):
        return HttpResponse(status=503, headers={"Retry-After": "30"})
    response = StreamingHttpResponse(_events(person, keys), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"
    return response


stream.permissions = (Permission.REQUEST_READ,)  # type: ignore[attr-defined]


def _visible(request: HttpRequest) -> list[str]:
    actor = getattr(request, "actor", None)
    if actor is None:
        return []
    try:
        named = [UUID(key) for key in request.GET.getlist("authorization")[:50]]
    except ValueError:
        return []
    with scoped(actor.tenants):
        return [str(key) for key in visible_to(actor).filter(id__in=named).values_list("id", flat=True)]


async def _events(person: UUID, keys: list[str]) -> AsyncIterator[bytes]:
    bell = switchboard.join(person, keys)
    ends_at = asyncio.get_running_loop().time() + LONGEST_SECONDS
    try:
        yield b": listening\n\n"
        while asyncio.get_running_loop().time() < ends_at:
            try:
                await asyncio.wait_for(bell.wait(), KEEP_ALIVE_SECONDS)
                bell.clear()
                yield b"event: changed\ndata: {}\n\n"
            except TimeoutError:
                yield b"event: still\ndata: {}\n\n"  # heard by the page, which else takes the line for dead
    finally:
        switchboard.leave(person, keys, bell)
