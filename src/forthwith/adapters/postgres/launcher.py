"""Whose server is it? One process runs the server of a data folder; commands may visit it.

`serving` is for `forthwith up`: this process must be the one that runs the
server. `running` is for every other command: it connects to the server that
is there, or starts one and stops it when it (and its visitors) are done.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import psutil

from . import folders as places
from . import leftovers
from .account import Account
from .cluster import Cluster
from .errors import DataFolderBusy
from .folders import Folders
from .lock import Lock, read_notes, write_notes

PATIENCE = 60.0
ANNOUNCED = 2.0  # so soon after taking the folder its holder has said who it is


@contextmanager
def serving(data: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Run the server here, alone. Raises DataFolderBusy when another process already does."""
    folders = places.prepare(data)
    lock = Lock(folders.lock)
    if not lock.try_to_hold():
        raise _busy(folders)
    try:
        with _started(folders, settings) as cluster:
            yield cluster
    finally:
        lock.release()


@contextmanager
def holding(data: Path) -> Iterator[Folders]:
    """Hold the folder without a server in it (the database is elsewhere). Raises DataFolderBusy."""
    folders = places.prepare(data)
    lock = Lock(folders.lock)
    if not lock.try_to_hold():
        raise _busy(folders)
    try:
        leftovers.clear(folders, crashed=bool(read_notes(folders.notes)))
        announce(folders)
        yield folders
        folders.notes.unlink(missing_ok=True)
    finally:
        lock.release()


@contextmanager
def running(data: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """The server of this folder: somebody else's if one runs, else our own for as long as it is needed."""
    folders = places.prepare(data)
    lock, visit = Lock(folders.lock), Lock(folders.visitors)
    if _hold_or_visit(folders, lock, visit):
        try:
            with _started(folders, settings) as cluster:
                yield cluster
                visit.hold(seconds=PATIENCE)
        finally:
            visit.release()
            lock.release()
    else:
        try:
            yield Cluster(folders)
        finally:
            visit.release()


def refuse_if_busy(data: Path) -> Account:
    """Raises DataFolderBusy if somebody runs this folder now; else the account that would run it."""
    folders = places.prepare(data)
    lock = Lock(folders.lock)
    if not lock.try_to_hold():
        raise _busy(folders)
    lock.release()
    return folders.account


def read_address(folders: Folders) -> str | None:
    """Where `forthwith up` serves from this folder, while it does."""
    address = read_notes(folders.notes).get("address")
    return str(address) if address else None


def announce(folders: Folders, *, address: str | None = None) -> None:
    """Say who runs this folder, and at which address it serves once it does."""
    write_notes(folders.notes, {"pid": os.getpid(), "command": _command(), "address": address})


@contextmanager
def _started(folders: Folders, settings: Mapping[str, str] | None) -> Iterator[Cluster]:
    crashed = bool(read_notes(folders.notes))
    announce(folders)
    cluster = Cluster(folders, settings=settings)
    cluster.recovered = leftovers.clear(folders, crashed=crashed)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        folders.notes.unlink(missing_ok=True)


def _hold_or_visit(folders: Folders, lock: Lock, visit: Lock) -> bool:
    """True: we hold the folder. False: somebody else does, its server answers, and it will wait for us."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if lock.try_to_hold():
            return True
        if visit.try_to_hold(shared=True):
            if Cluster(folders).answers():
                return False
            visit.release()
        time.sleep(0.1)
    raise _busy(folders)


def _busy(folders: Folders) -> DataFolderBusy:
    notes = _holder(folders)
    where = f", serving {notes['address']}" if notes.get("address") else ""
    who = f"process {notes['pid']} ({notes.get('command')}){where}" if notes.get("pid") else "another process"
    return DataFolderBusy(
        f"{folders.data} is in use by {who}. Stop it first, or name another folder with --data.",
        owner=notes,
    )


def _holder(folders: Folders) -> dict[str, object]:
    """What the holder says of itself; one that took the folder this instant has not said it yet."""
    end = time.monotonic() + ANNOUNCED
    while True:
        notes = read_notes(folders.notes)
        if psutil.pid_exists(int(str(notes.get("pid", -1)))):
            return notes
        if time.monotonic() > end:
            return {}
        time.sleep(0.02)


def _command() -> str:
    return " ".join([Path(sys.argv[0]).name, *takewhile(lambda word: not word.startswith("-"), sys.argv[1:])])
