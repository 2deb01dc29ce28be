"""Whoever starts and balances the server asks without naming a portal, and is told the truth."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock, patch

import pytest
from django.db import OperationalError
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, RequestFactory
from psycopg_pool import PoolTimeout

from forthwith.interfaces.web import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_was_seen_before(monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "_whole_until", 0.0)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_answered_whatever_host_they_name(path: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["portal.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path, headers={"host": "10.0.0.7"}).status_code == 200


def test_only_probes_are(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/readyz/", headers={"host": "harborlight.localhost"}).status_code == 301


def test_a_server_without_its_database_lives_but_is_not_ready() -> None:
    with patch.object(MigrationRecorder, "applied_migrations", side_effect=OperationalError):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "missing": ["database"]})
    with patch.object(MigrationRecorder, "applied_migrations", side_effect=OperationalError):
        assert Client().get("/healthz").status_code == 200


def test_a_probe_waits_for_no_connection_longer_than_a_balancer_does() -> None:
    pool = MagicMock()
    pool.getconn.side_effect = PoolTimeout
    with patch.object(DatabaseWrapper, "pool", pool):
        assert health.ready(RequestFactory().get("/readyz")).status_code == 503
    assert pool.getconn.call_args.kwargs["timeout"] <= 2


def test_a_server_without_its_migrations_is_not_ready() -> None:
    applied = MigrationRecorder.applied_migrations

    def all_but_ours(recorder: Any) -> Any:
        return {key: one for key, one in applied(recorder).items() if key[0] != "review"}

    with patch.object(MigrationRecorder, "applied_migrations", all_but_ours):
        answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert "migration review.0002_walls" in answer.json()["missing"]
