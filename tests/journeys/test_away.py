"""What people meet while the machine has trouble: nothing is held that others need, and the words are calm."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory

from forthwith.interfaces.cli.up import supervisor as supervising
from forthwith.interfaces.cli.up.supervisor import Supervisor
from forthwith.interfaces.jobs import worker
from forthwith.interfaces.jobs.worker import Task
from forthwith.interfaces.web import health, live, middleware
from forthwith.interfaces.web.live import Switchboard


@pytest.mark.django_db(transaction=True)
def test_a_made_response_holds_no_connection() -> None:
    """A stream is open for half an hour, and a slow reader for as long as they like."""
    seen = []

    def view(request: object) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        seen.append(connection.connection is not None)
        return HttpResponse()

    middleware.PortalMiddleware(view)(RequestFactory().get("/static/a.css"))
    assert seen == [True]
    assert connection.connection is None


def test_streams_are_counted_and_not_what_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Switchboard, "_listen", lambda self: _nothing())
    monkeypatch.setattr(live.asyncio, "get_running_loop", _Loop)
    board, person, other = Switchboard(), uuid4(), uuid4()
    monkeypatch.setattr(live, "MOST_OF_ONE", 2)
    keys = [str(uuid4()) for _ in range(50)]
    bells = [board.join(person, keys) for _ in range(2)]
    assert not board.has_room_for(person)
    assert board.has_room_for(other)
    board.leave(person, keys, bells[0])
    assert board.has_room_for(person)
    board.leave(person, keys, bells[1])
    assert not board.listeners and not board.waiting


def test_all_streams_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Switchboard()
    monkeypatch.setattr(live, "MOST_STREAMS", 3)
    for _ in range(3):
        assert board.has_room_for(uuid4())
        board.listeners[uuid4()] += 1
    assert not board.has_room_for(uuid4())


def test_a_database_that_is_away_is_said_calmly(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(host: str) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(middleware, "portal_of_host", away)
    answer = Client(raise_request_exception=False).get("/authorizations/", headers={"host": "copperline.localhost"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "back in a moment" in answer.text
    assert "connection is lost" not in answer.text


@pytest.mark.django_db
def test_readiness_asks_the_database_each_time_and_the_migrations_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    monkeypatch.setattr(health, "_whole_until", 0.0)
    monkeypatch.setattr(health, "_looked", lambda: looked.append(1) or [])
    assert [Client().get("/readyz").status_code for _ in range(3)] == [200] * 3
    assert len(looked) == 1
    monkeypatch.setattr(connection, "cursor", _away)
    assert Client().get("/readyz").json() == {"ready": False, "missing": ["database"]}


def _away() -> None:
    raise OperationalError("the connection is lost")


class _Child:
    """A child that is dead whenever it is looked at."""

    name, pid, exit_code = "web", None, -9

    def __init__(self) -> None:
        self.starts = 0

    def start(self) -> None:
        self.starts += 1

    restart = start

    def stop(self) -> None: ...


def test_a_child_that_lived_for_a_while_is_started_again_without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(supervising.time, "monotonic", lambda: now)
    said: list[str] = []
    child, watching = _Child(), Supervisor(say=said.append)
    watching.add(child)
    watching.all_ready()
    for _ in range(30):  # killed again and again, each time after a quarter of a minute of work
        now += 15
        watching.tick()
        now += supervising.FIRST_PAUSE
        watching.tick()
    assert child.starts == 31
    for _ in range(30):  # never comes up
        watching.tick()
        now += supervising.LONGEST_PAUSE
        watching.tick()
    assert child.starts == 61
    assert supervising.LONGEST_PAUSE <= 5


def test_a_full_round_is_followed_at_once_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.time, "monotonic", lambda: 100.0)
    full = Task("letters", 0.5, lambda: 4, 4)
    rest = Task("letters", 0.5, lambda: 3, 4)
    worker._try(full)
    worker._try(rest)
    assert (full.next_at, rest.next_at) == (100.0, 100.5)


class _Loop:
    def create_task(self, work: object) -> None:
        return None


def _nothing() -> None:
    return None
