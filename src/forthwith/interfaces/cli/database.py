"""Every command's database: DATABASE_URL if it is set, else the embedded PostgreSQL of the data folder.

    @click.command()
    @with_database
    def verify() -> None: ...

adds `--data DIR`, starts or visits the server, sets up Django, and stops what
it started. Commands that need no database must not use it.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import console, places

if TYPE_CHECKING:
    from forthwith.adapters.postgres import Folders

SETTINGS = "forthwith.config.settings"
_MISSING = ("42P01", "42703")  # a table, a column


def data_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--data DIR`, given to the command as `data: Path`."""
    return click.option(
        "--data",
        metavar="DIR",
        type=click.Path(file_okay=False, readable=False, path_type=Path),
        default=places.data_folder,
        help="The data folder (embedded PostgreSQL, files, secrets).  [default: $FORTHWITH_DATA, else "
        "/var/lib/forthwith as root, else ~/.local/share/forthwith]",
    )(function)


def with_database(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--data DIR`; run the command with its database reachable and Django set up."""

    @data_option
    @functools.wraps(function)
    def command(*args: Any, data: Path, **kwargs: Any) -> Any:
        with opened(data):
            return function(*args, **kwargs)

    return command


@contextmanager
def opened(data: Path) -> Iterator[None]:
    """The database answers and Django is set up, for as long as the block lasts."""
    with addressed(data):
        django_set_up()
        from django.db import DatabaseError, connections

        try:
            yield
        except DatabaseError as error:
            if (said := _said_of(error)) is None:
                raise
            console.fail(said)
        connections.close_all()


def _said_of(error: Exception) -> str | None:
    """What a person can mend, in words; None for a defect of ours."""
    from django.db import OperationalError

    if getattr(error.__cause__, "sqlstate", None) in _MISSING:
        return "the database's tables are missing or old: run `forthwith migrate` first"
    if isinstance(error, OperationalError):
        return f"the database does not answer: {str(error).strip().splitlines()[0]}"
    return None


@contextmanager
def addressed(data: Path) -> Iterator[None]:
    """The environment names a database that answers; errors of the launcher become the command's."""
    from forthwith.adapters.postgres import LauncherError, existing, read_address, running

    url = os.environ.get("DATABASE_URL")
    if url:
        folders = existing(data)
        if folders is not None:
            os.environ.update(environment(folders, url))
        yield
        return
    try:
        with running(data) as cluster:
            os.environ.update(environment(cluster.folders, cluster.app_url))
            os.environ["DATABASE_OWNER_URL"] = cluster.owner_url
            if address := read_address(cluster.folders):
                os.environ.setdefault("FORTHWITH_BASE_URL", address)
            try:
                yield
            finally:
                cluster.folders.hand_over()
    except LauncherError as error:
        console.fail(str(error))


def environment(folders: Folders, url: str) -> dict[str, str]:
    """What Django's settings read: the application's database, the data folder, the keys that were generated there.

    Keys that the environment already names are kept. The owner's address is not part of it.
    """
    from forthwith.adapters.postgres import keys

    generated = {"FORTHWITH_SECRET_KEY": keys.SECRET_KEY, "FORTHWITH_AUDIT_KEY": keys.AUDIT_KEY}
    return {
        "DATABASE_URL": url,
        "FORTHWITH_DATA": str(folders.data),
        **{name: os.environ.get(name) or keys.read(folders.secrets, key) for name, key in generated.items()},
    }


def hang_up() -> None:
    """Close what this process opened; a launcher that only watches needs no session of the database."""
    if "django.db" in sys.modules:
        from django.db import connections

        connections.close_all()


def django_set_up() -> None:
    """Django, with our settings; once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
