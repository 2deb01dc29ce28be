"""One PostgreSQL for all tests, started by our own launcher in a temporary folder; DATABASE_URL is honoured if set.

`tests/conftest.py` calls `prepare_environment()` while it is imported (before
Django reads its settings) and takes the two fixtures below. The server starts
only when the first test needs a database, so that pure tests stay fast.
Migrations run as the owner; tests run as the application's role, behind the
same walls as the product.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from forthwith.adapters.postgres import Cluster, folders, running

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
_state: dict[str, object] = {}
_MAY_TRUNCATE = """
SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND has_table_privilege(%s, c.oid, 'TRUNCATE')
"""
may_truncate: list[str] = []  # what the application might truncate, before the tests' own grant


def prepare_environment() -> None:
    """Name the database, the data folder and the keys in the environment. Starts nothing; safe to repeat."""
    if _state:
        return
    home = Path(tempfile.mkdtemp(prefix="forthwith-tests-"))
    home.chmod(0o711)  # as root the server runs as another account, which must be able to enter
    _state["owner_pid"] = os.getpid()
    _state["given"] = os.environ.get("DATABASE_URL")
    _state["home"] = home
    atexit.register(_remove, home)
    if _state["given"]:
        given_owner = os.environ.get("DATABASE_OWNER_URL") or str(_state["given"])
        _state["maker"] = given_owner
        name = f"test_forthwith_{os.getpid()}"
        os.environ["DATABASE_URL"] = _with_database(str(_state["given"]), name)
        os.environ["DATABASE_OWNER_URL"] = _with_database(given_owner, name)
    else:
        cluster = Cluster(folders.prepare(home / "data"))
        os.environ["DATABASE_URL"] = cluster.app_url
        os.environ["DATABASE_OWNER_URL"] = cluster.owner_url
    files = home / "files"
    files.mkdir()
    os.environ["FORTHWITH_DATA"] = str(files)
    os.environ.setdefault("FORTHWITH_SECRET_KEY", "only-for-tests-" + "x" * 40)
    os.environ.setdefault("FORTHWITH_AUDIT_KEY", "42" * 32)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forthwith.config.settings")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[None]:
    """The server runs while tests do."""
    with ExitStack() as stack:
        if _state["given"]:
            stack.enter_context(_database_at(str(_state["maker"]), f"test_forthwith_{os.getpid()}"))
        else:
            stack.enter_context(running(Path(str(_state["home"])) / "data", settings=FAST))
        yield


@pytest.fixture(scope="session")
def django_db_setup(postgres_server: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Migrated by the owner; the application's role may also TRUNCATE here, for tests that commit."""
    from django.db import connections

    from forthwith.interfaces.cli import migrating

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        migrating.migrate(verbosity=0)
        with connections["owner"].cursor() as cursor:
            role = connections["default"].settings_dict["USER"]
            cursor.execute(_MAY_TRUNCATE, [role])
            may_truncate.extend(name for (name,) in cursor.fetchall())
            cursor.execute(f'GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO "{role}"')
        connections["owner"].close()
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()


class _database_at:
    """A database of that name on a server that was named to us; dropped afterwards."""

    def __init__(self, maker: str, name: str) -> None:
        self._maker, self._name = maker, sql.Identifier(name)

    def __enter__(self) -> None:
        with psycopg.connect(self._maker, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(self._name))

    def __exit__(self, *exc: object) -> None:
        with psycopg.connect(self._maker, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(self._name))


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _remove(home: Path) -> None:
    if os.getpid() == _state["owner_pid"]:  # not in a forked child
        shutil.rmtree(home, ignore_errors=True)
