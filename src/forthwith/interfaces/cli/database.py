"""Every command's database: DATABASE_URL if it is set, else the embedded PostgreSQL of the data folder.

    @click.command()
    @with_database
    def verify() -> None: ...

adds `--data DIR`, starts or visits the server, sets up Django, and stops what
it started. Commands that need no database must not use it.
"""

from __future__ import annotations

import errno
import functools
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from . import console, places

if TYPE_CHECKING:
    from forthwith.adapters.postgres import Folders

SETTINGS = "forthwith.config.settings"
AUDIT_KEY = re.compile("[0-9a-fA-F]{64}")


def data_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--data DIR`, given to the command as `data: Path`."""
    return click.option(
        "--data",
        metavar="DIR",
        type=click.Path(file_okay=False, readable=False, path_type=Path),
        default=places.data_folder,
        callback=_named,
        help="The data folder (embedded PostgreSQL, files, secrets).  [default: $FORTHWITH_DATA, else "
        "/var/lib/forthwith as root, else ~/.local/share/forthwith]",
    )(function)


def _named(context: click.Context, option: click.Parameter, data: Path) -> Path:
    if data == Path():
        raise click.BadParameter("name a folder (the one you are in is ./).")
    return data


def with_database(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--data DIR`; run the command with its database reachable and Django set up."""
    return _with_database(function, makes=False)


def making_database(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same, for a command that makes the data folder where there is none."""
    return _with_database(function, makes=True)


def _with_database(function: Callable[..., Any], *, makes: bool) -> Callable[..., Any]:
    @data_option
    @functools.wraps(function)
    def command(*args: Any, data: Path, **kwargs: Any) -> Any:
        with opened(data, makes=makes):
            return function(*args, **kwargs)

    return command


@contextmanager
def opened(data: Path, *, makes: bool) -> Iterator[None]:
    """The database answers and Django is set up, for as long as the block lasts."""
    with refusals(), addressed(data, makes=makes):
        django_set_up()
        yield
        from django.db import connections

        connections.close_all()


@contextmanager
def refusals() -> Iterator[None]:
    """What the database or the disk refuses is told in one line; anything else is a defect and keeps its trace."""
    try:
        yield
    except Exception as error:
        told = _in_words(error)
        if told is None:
            raise
        console.fail(told)


_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENAMETOOLONG}


def _in_words(error: BaseException | None) -> str | None:
    import psycopg

    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        return f"{error.filename2 or error.filename or 'the data folder'}: {error.strerror}."
    while error is not None and not isinstance(error, psycopg.Error):
        error = error.__cause__
    match error:
        case psycopg.errors.UndefinedTable() | psycopg.errors.UndefinedColumn():
            return "the database's tables are not up to date: `forthwith migrate` makes them so."
        case psycopg.errors.InsufficientPrivilege():
            return f"the database refuses: {_first_line(error)}. Name the role that owns it in DATABASE_OWNER_URL."
        case psycopg.errors.DiskFull():
            return f"the database's disk is full: {_first_line(error)}"
        case psycopg.OperationalError():
            return f"the database does not answer: {_first_line(error)}"
    return None


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0]


@contextmanager
def addressed(data: Path, *, makes: bool) -> Iterator[None]:
    """The environment names a database that answers; errors of the launcher become the command's.

    A command that only looks makes no data folder: a mistyped one is told.
    """
    from forthwith.adapters.postgres import LauncherError, running

    url = named_url()
    if url:
        _visit_folder(data, url, makes=makes)
        yield
        return
    if not makes and not os.path.isdir(data.expanduser() / "secrets"):
        console.fail(
            f"{data} holds no Forthwith that you may read: name its folder with --data. `forthwith up` makes one."
        )
    try:
        with running(data) as cluster:
            os.environ.update(environment(cluster.folders, cluster.app_url))
            os.environ["DATABASE_OWNER_URL"] = cluster.owner_url
            _learn_address(cluster.folders)
            try:
                yield
            finally:
                cluster.folders.hand_over()
    except LauncherError as error:
        console.fail(str(error))


def _visit_folder(data: Path, url: str, *, makes: bool) -> None:
    """The database is elsewhere; keys and files may be in the data folder, which is made only where keys are wanting."""
    from forthwith.adapters.postgres import LauncherError, existing, prepare

    os.environ["FORTHWITH_DATA"] = str(data.expanduser().absolute())
    try:
        folders = prepare(data) if makes and not os.environ.get("FORTHWITH_SECRET_KEY") else existing(data)
    except LauncherError as error:
        console.fail(str(error))
    if folders is not None:
        os.environ.update(environment(folders, url))
        _learn_address(folders)


def _learn_address(folders: Folders) -> None:
    """Where `forthwith up` serves from this folder, if it does and the person names no other address."""
    from forthwith.adapters.postgres import read_address

    if address := read_address(folders):
        os.environ.setdefault("FORTHWITH_BASE_URL", address)


def need_audit_key() -> None:
    """Ends the command where the key that signs the audit's heads is not there or is none."""
    key = os.environ.get("FORTHWITH_AUDIT_KEY")
    if not key:
        console.fail("FORTHWITH_AUDIT_KEY is missing: set it, or name the data folder that holds it with --data.")
    if not AUDIT_KEY.fullmatch(key):
        console.fail("FORTHWITH_AUDIT_KEY is no key: 32 bytes in hexadecimal are wanted.")


def named_url() -> str | None:
    """DATABASE_URL, if it is set; what cannot be the address of a PostgreSQL is refused here."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        url = os.environ.get(name)
        if url and not _is_address(url):
            console.fail(f"{name} is no address such as postgresql://role:password@host:5432/database.")
    return os.environ.get("DATABASE_URL") or None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"postgresql", "postgres"} and len(parts.path) > 1 and parts.port != 0
    except ValueError:  # a port that is no number, a broken IPv6 address
        return False


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
