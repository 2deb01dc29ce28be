"""Before the doors open: tables, static files, the sample world. What was done before is recognised and skipped.

`DATA/prepared.json` remembers for which code and which database each step was
done, so that a second start need not load Django at all.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg

import forthwith
from forthwith.interfaces.cli import console, database

_LIBRARIES = ("Django", "django-allauth")
_HISTORY = "SELECT count(*), md5(string_agg(app || '.' || name, ',' ORDER BY id)) FROM django_migrations"


class Memory:
    """What is done, on disk; each step is remembered only after it was done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._done: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            self._done = {}

    def knows(self, step: str, mark: str) -> bool:
        """Was this step done for this mark?"""
        return self._done.get(step) == mark

    def remember(self, step: str, mark: str) -> None:
        """It is done now."""
        self._done[step] = mark
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(self._done), encoding="utf-8")
        os.replace(draft, self._path)


def tables(memory: Memory, owner_url: str) -> None:
    """Migrate, unless the code's migrations and the database's history are those of last time."""
    if memory.knows("tables", _tables_mark(owner_url)):
        return
    console.step("Bringing the tables up to date")
    database.django_set_up()
    from forthwith.interfaces.cli import migrating

    migrating.migrate(verbosity=0)
    memory.remember("tables", _tables_mark(owner_url))


def static_files(memory: Memory, target: Path) -> None:
    """Gather style sheets, scripts and fonts under hashed names, unless none has changed."""
    mark = content_mark(Path(forthwith.__file__).parent.glob("interfaces/*/static/**/*"))
    if memory.knows("static", mark) and (target / "staticfiles.json").is_file():
        return
    console.step("Gathering style sheets, scripts and fonts")
    database.django_set_up()
    from django.core.management import call_command

    former = os.umask(0o022)  # as root: for the account to read
    try:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    finally:
        os.umask(former)
    memory.remember("static", mark)


def sample_world(memory: Memory, owner_url: str) -> None:
    """Load the sample world into an empty database, or go on with a load that was interrupted."""
    if memory.knows("sample", "loaded"):
        return
    if not memory.knows("sample", "loading") and not _is_empty(owner_url):
        return
    memory.remember("sample", "loading")
    database.django_set_up()
    from forthwith.interfaces.cli import sample

    sample.load(console.notices())
    memory.remember("sample", "loaded")


def has_sample(owner_url: str) -> bool:
    """Does an invented tenant live in this database?"""
    with psycopg.connect(owner_url) as connection:
        return connection.execute("SELECT 1 FROM tenancy_tenant WHERE synthetic LIMIT 1").fetchone() is not None


def _is_empty(owner_url: str) -> bool:
    with psycopg.connect(owner_url) as connection:
        return connection.execute("SELECT 1 FROM tenancy_tenant LIMIT 1").fetchone() is None


def _tables_mark(owner_url: str) -> str:
    with psycopg.connect(owner_url) as connection:
        try:
            history = connection.execute(_HISTORY).fetchone()
        except psycopg.errors.UndefinedTable:
            history = None
    code = content_mark(Path(forthwith.__file__).parent.glob("apps/*/migrations/*.py"))
    return f"{code} {history}"


def content_mark(files: Iterable[Path]) -> str:
    """Changes when one of these files does, or a library that brings tables or static files."""
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name} {_version(name)}\n".encode())
    for path in sorted(files):
        if path.is_file():
            digest.update(f"{path} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
