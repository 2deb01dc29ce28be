"""One port: sync views in a thread each, bodies refused while they arrive, nothing kept of a connection."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core import signals
from django.db import connections, transaction
from django.urls import reverse
from django.utils.timezone import now

from forthwith.interfaces.web import serving
from tests.factories import World, world
from tests.journeys.pas import SUBMIT, bundle

pytestmark = pytest.mark.django_db(transaction=True)


def ask(
    application: serving.Application, path: str, *, host: str, method: str = "GET", parts: tuple[bytes, ...] = (b"",),
    headers: dict[str, str] | None = None, leaves: bool = False,
) -> list[dict[str, Any]]:  # fmt: skip
    """What the application sends for one request, whose body comes in these parts."""
    pairs = {"host": host, **(headers or {})}
    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"", "root_path": "", "http_version": "1.1",
        "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "headers": [(name.encode(), value.encode()) for name, value in pairs.items()],
    }  # fmt: skip
    waiting: list[dict[str, Any]] = [
        {"type": "http.request", "body": part, "more_body": place < len(parts) - 1 or leaves}
        for place, part in enumerate(parts)
    ]
    waiting.append({"type": "http.disconnect"})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    return sent


@pytest.fixture
def application() -> Any:
    made = serving.Application()
    yield made
    made.threads.submit(connections.close_all).result()
    made.threads.shutdown()


@pytest.fixture
def w() -> World:
    with transaction.atomic():
        return world()


def told(sent: list[dict[str, Any]]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and content."""
    start, *rest = sent
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, b"".join(one["body"] for one in rest)


def submitted(w: World, key: str) -> dict[str, Any]:
    """How a connected system sends a request, in two parts."""
    body = json.dumps(bundle(w, key=key, on=now().date() + timedelta(days=14))).encode()
    headers = {
        "authorization": f"Bearer {w.token}",
        "content-type": "application/fhir+json",
        "content-length": str(len(body)),
    }
    return {
        "host": w.portal.host,
        "method": "POST",
        "parts": (body[:999], body[999:]),
        "headers": headers,
    }


def test_a_request_is_answered_whole(application: serving.Application, w: World) -> None:
    status, headers, content = told(ask(application, SUBMIT, **submitted(w, "WHOLE")))
    assert status == 200 and headers["content-type"] == "application/fhir+json"
    assert json.loads(content)["entry"][0]["resource"]["disposition"] == "Approved"


def test_many_requests_need_no_more_connections_than_threads(application: serving.Application, w: World) -> None:
    seen = set()

    def look(*_: Any, **__: Any) -> None:
        seen.add(threading.get_ident())

    signals.request_finished.connect(look)
    try:
        for number in range(3 * serving.THREADS):
            assert told(ask(application, SUBMIT, **submitted(w, f"MANY-{number}")))[0] == 200
    finally:
        signals.request_finished.disconnect(look)
    assert 1 <= len(seen) <= serving.THREADS
    assert application.threads.submit(lambda: connections["default"].connection).result() is None


def test_what_is_announced_too_large_is_refused_unread(application: serving.Application, w: World) -> None:
    asks = submitted(w, "LARGE")
    asks["headers"]["content-length"] = str(serving.LARGEST_BODY + 1)
    status, _, content = told(ask(application, SUBMIT, **asks))
    outcome = json.loads(content)
    assert status == 413 and outcome["resourceType"] == "OperationOutcome"
    assert outcome["issue"][0]["code"] == "too-long"


def test_what_turns_out_too_large_is_refused_while_it_arrives(
    application: serving.Application, w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LARGEST_BODY", 1000)
    asks = submitted(w, "GROWING")
    del asks["headers"]["content-length"]
    assert told(ask(application, SUBMIT, **asks))[0] == 413


def test_a_form_that_is_too_large_is_answered_by_a_page(application: serving.Application, w: World) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(serving.LARGEST_BODY + 1)}
    status, sent, content = told(
        ask(application, reverse("account_login"), host=w.portal.host, method="POST", headers=headers)
    )
    assert status in (400, 403, 413) and sent["content-type"].startswith("text/html") and b"Traceback" not in content


def test_a_client_that_goes_away_is_let_go(application: serving.Application, w: World) -> None:
    assert ask(application, SUBMIT, **submitted(w, "GONE"), leaves=True) == []


def test_a_length_that_is_no_number_is_refused(application: serving.Application, w: World) -> None:
    asks = submitted(w, "ODD")
    asks["headers"]["content-length"] = "-1"
    assert told(ask(application, SUBMIT, **asks))[0] == 413
