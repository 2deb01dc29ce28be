"""What a launcher that was killed left behind: orphaned processes, a stale postmaster.pid, a dead socket.

Called only by the holder of the data folder's lock, so whatever still works
in this data folder is an orphan.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from .folders import SOCKET_NAME, Folders

MARK = "FORTHWITH_LAUNCHED_IN"  # every child carries its data folder under this name in its environment


def clear(folders: Folders, *, crashed: bool) -> list[str]:
    """Stop orphans and remove stale files; what was done, in words. `crashed`: the last launcher did not say goodbye."""
    done = []
    if crashed:
        orphans = list(_marked(folders.data))
        if orphans:
            stop(orphans, first=signal.SIGTERM, seconds=5)
            done.append(f"stopped {len(orphans)} orphaned process(es) of an earlier start")
    if clear_database(folders):
        done.append("cleared away what an earlier PostgreSQL left behind")
    return done


def clear_database(folders: Folders) -> bool:
    """No process works in the database's folder and no stale pid file or socket lies there. True: something did."""
    stale = folders.postgres / "postmaster.pid"
    if not stale.exists():
        return False
    orphans = list(_working_in(folders.postgres))
    postmaster = [process for process in orphans if process.pid == _pid_in(stale)]
    stop(postmaster, first=signal.SIGINT, seconds=20)  # fast shutdown: sessions end, a checkpoint is written
    stop(_working_in(folders.postgres), first=signal.SIGQUIT, seconds=5)
    for path in (
        stale,
        folders.sockets / SOCKET_NAME,
        folders.sockets / f"{SOCKET_NAME}.lock",
    ):
        path.unlink(missing_ok=True)
    return True


def stop(processes: Iterable[psutil.Process], *, first: signal.Signals, seconds: float) -> None:
    """Ask, wait, then kill."""
    processes = list(processes)
    for process in processes:
        _signal(process, first)
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=5)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def is_marked(process: psutil.Process, data: Path) -> bool:
    """Did a launcher of this data folder start it? Its children carry the folder's name."""
    try:
        return process.pid != os.getpid() and process.environ().get(MARK) == str(data)
    except psutil.Error:
        return False


def _marked(data: Path) -> Iterable[psutil.Process]:
    """What launchers of this data folder started, but for the database."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if is_marked(process, data) and process.name() != "postgres":
                yield process


def _working_in(folder: Path) -> Iterable[psutil.Process]:
    """PostgreSQL's processes all have the database's folder as their working folder."""
    home = os.path.realpath(folder)
    for process in psutil.process_iter():
        try:
            if process.cwd() == home and process.name() == "postgres":
                yield process
        except psutil.Error:
            continue


def _pid_in(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii", errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return -1
