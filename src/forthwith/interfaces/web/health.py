"""Is the server alive, and is it ready to serve? For whoever starts and balances it; tells nothing else.

Asked by machines that name no portal and know no TLS: answered before the host is looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache

PATIENCE = 2.0  # seconds


class Probes:
    """Answers /healthz and /readyz whatever the Host header says; before any middleware that looks at it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path)
        return guarded(probe(request)) if probe else self.get_response(request)


def guarded(response: HttpResponse) -> HttpResponse:
    """The guards that later middleware gives every other answer."""
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response["X-Frame-Options"] = "DENY"
    return response


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return JsonResponse({"alive": True})


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and every migration is applied, else 503 with what is missing."""
    missing = _missing()
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


RECHECKED_AFTER = 30.0  # seconds; migrations seldom go away, and looking costs more than a page
_whole_until = 0.0


def _missing() -> list[str]:
    global _whole_until
    if not _is_reached():
        return ["database"]
    if time.monotonic() < _whole_until:
        return _without_database()
    missing = _looked()
    _whole_until = 0.0 if missing else time.monotonic() + RECHECKED_AFTER
    return missing


def _without_database() -> list[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return ["database"]
    return []


def _looked() -> list[str]:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return ["database"]
    return [f"migration {migration.app_label}.{migration.name}" for migration, _ in plan]


def _is_reached() -> bool:
    """Is there a connection to be had, soon? Whoever probes gives up before the pool does."""
    pool = connection.pool
    if pool is None:
        return True
    pool.open()
    try:
        pool.putconn(pool.getconn(timeout=PATIENCE))
    except psycopg.OperationalError:
        return False
    return True


PROBES = {"/healthz": alive, "/readyz": ready}
