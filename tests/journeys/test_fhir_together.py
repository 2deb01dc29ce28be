"""The same Bundle from several connections at the same moment: one request, one answer for all."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations.models import Authorization
from forthwith.apps.letters.models import Letter
from forthwith.apps.tenancy.scope import scoped
from tests.factories import World, world
from tests.journeys.pas import Bundle, bundle, claim_of, send, soon

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


@pytest.fixture
def w() -> World:
    with transaction.atomic():
        return world()


def together(w: World, made: Callable[[int], Bundle]) -> list[Any]:
    """Send these Bundles at once, each on a connection of its own."""
    gate = Barrier(AT_ONCE)

    def one(number: int) -> Any:
        sent = json.dumps(made(number)).encode()
        gate.wait(timeout=30)
        try:
            return send(w, sent)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_one_bundle_eight_times_at_once_is_one_request(w: World) -> None:
    sent = bundle(w, on=soon())
    answers = together(w, lambda _: sent)
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    assert len({json.loads(answer.content)["entry"][0]["resource"]["id"] for answer in answers}) == 1
    with scoped([w.tenant.id]):
        assert Authorization.objects.count() == 1
        assert Event.objects.filter(verb="submitted").count() == 1
        assert Letter.objects.filter(kind="approval", audience="member").count() == 1


def test_eight_bundles_under_one_identifier_are_one_request_and_seven_conflicts(w: World) -> None:
    def made(number: int) -> Bundle:
        sent = bundle(w, on=soon())
        claim_of(sent)["item"][0]["quantity"]["value"] = number + 1
        return sent

    answers = together(w, made)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (AT_ONCE - 1)
    with scoped([w.tenant.id]):
        assert Authorization.objects.count() == 1
