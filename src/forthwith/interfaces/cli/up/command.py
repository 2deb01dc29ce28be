"""`forthwith up`: the order of things. Each step is somebody else's work (see the package's docstring)."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from forthwith.interfaces.cli import console, database

if TYPE_CHECKING:
    from forthwith.adapters.postgres import Cluster, Folders

    from .supervisor import Supervisor

READY_SECONDS = 180.0  # a busy machine may take long; a broken server is noticed sooner
BROKEN_ANSWERS = 5  # so many errors in a row are no hiccup


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve at; 0.0.0.0 for every one.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port to serve at.")
@click.option(
    "--sample/--no-sample",
    default=None,
    help="Load the sample world into an empty database.  [default: yes; no with DATABASE_URL]",
)
@database.data_option
def up(*, host: str, port: int, sample: bool | None, data: Path) -> None:
    """Start everything and watch over it until Ctrl-C.

    Starts the embedded PostgreSQL (or uses DATABASE_URL), brings the tables up to date, loads the sample world
    into an empty database, and runs the web server and the job worker. A process that dies is started again.
    Ctrl-C stops everything that was started, and nothing else.
    """
    from forthwith.adapters.postgres import LauncherError

    began = time.monotonic()
    _stop_on_signals()
    try:
        with database.refusals():
            _run(host=host, port=port, sample=sample, data=data.expanduser().absolute(), began=began)
    except LauncherError as error:
        console.fail(str(error))


def _run(*, host: str, port: int, sample: bool | None, data: Path, began: float) -> None:
    from . import address

    base_url = address.base_url(host, port)
    _refuse_if_taken(host, port, data)
    with _home(data) as home:
        os.environ.update(home.given)
        os.environ["DATABASE_OWNER_URL"] = home.owner_url
        os.environ["FORTHWITH_BASE_URL"] = base_url
        _prepare(home, sample=sample if sample is not None else home.cluster is not None)
        _serve(home, host=host, port=port, base_url=base_url, began=began)


def _refuse_if_taken(host: str, port: int, data: Path) -> None:
    """Whoever has the folder or the port is named before anything is started.

    What a killed launcher left behind may hold the port still: it is cleared away when the folder is taken.
    """
    from forthwith.adapters.postgres import leftovers, refuse_if_busy

    from . import address

    account = refuse_if_busy(data)
    reason = address.refusal(host, port, lowered=account.lowered)
    if reason:
        holder = address.holder(port)
        if holder is None or not leftovers.is_marked(holder, data):
            console.fail(reason)


@dataclass(frozen=True)
class Home:
    """The data folder and the database, ready; `cluster` is None when DATABASE_URL names another server."""

    folders: Folders
    cluster: Cluster | None
    given: dict[str, str]
    owner_url: str


@contextmanager
def _home(data: Path) -> Iterator[Home]:
    from forthwith.adapters.postgres import holding, serving

    url = database.named_url()
    if url:
        with holding(data) as folders:
            yield Home(folders, None, database.environment(folders, url), os.environ.get("DATABASE_OWNER_URL") or url)
        return
    console.step("Starting PostgreSQL")
    with serving(data) as cluster:
        for line in cluster.recovered:
            console.notices().print(f"[yellow]After an earlier crash: {line}[/]")
        given = database.environment(cluster.folders, cluster.app_url)
        yield Home(cluster.folders, cluster, given, cluster.owner_url)


def _prepare(home: Home, *, sample: bool) -> None:
    from . import preparation

    memory = preparation.Memory(home.folders.data / "prepared.json")
    preparation.tables(memory, home.owner_url)
    preparation.static_files(memory, home.folders.data / "static")
    if sample:
        preparation.sample_world(memory, home.owner_url)
    home.folders.hand_over()


def _serve(home: Home, *, host: str, port: int, base_url: str, began: float) -> None:
    """Web server and worker, until a signal; then everything down."""
    from forthwith.adapters.postgres import announce

    from . import processes, runtime, welcome
    from .supervisor import Hopeless, Supervisor

    python = runtime.interpreter(home.folders)
    environment = processes.environment(home.folders, home.given, host=host, base_url=base_url)
    supervisor = Supervisor(say=_say)
    try:
        if home.cluster is not None:
            supervisor.add(home.cluster, running=True)
        supervisor.add(processes.web(home.folders, python, environment, host=host, port=port))
        supervisor.add(processes.worker(home.folders, python, environment))
        world = welcome.world(base_url, home.owner_url, home.folders.data / "welcome.json")  # while the server starts
        _await_ready(supervisor, home, host, port)
        announce(home.folders, address=base_url)
        welcome.show(base_url, world, home.folders, seconds=time.monotonic() - began)
        database.hang_up()
        supervisor.watch()
    except KeyboardInterrupt:
        console.notices().print("\nStopping…")
    except Hopeless as cause:
        log = home.folders.logs / f"{cause.child.name}.log"
        console.fail(f"{cause.child.name} does not start; the end of {log}:\n{_tail(log)}")
    finally:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # the end has begun and is bounded in time
        supervisor.stop()


def _await_ready(supervisor: Supervisor, home: Home, host: str, port: int) -> None:
    from . import address

    end, pause, errors = time.monotonic() + READY_SECONDS, 0.05, 0
    answer = address.ready(host, port)
    while answer is not None:
        supervisor.tick()
        errors = errors + 1 if answer.broken else 0
        if errors >= BROKEN_ANSWERS or time.monotonic() > end:
            log = home.folders.logs / "web.log"
            console.fail(f"the web server is not ready: {answer.text}\nThe end of {log}:\n{_tail(log)}")
        time.sleep(pause)
        pause = min(pause * 1.2, 0.5)
        answer = address.ready(host, port)
    supervisor.all_ready()


def _say(line: str) -> None:
    console.notices().print(f"[yellow]{time.strftime('%H:%M:%S')} {line}[/]")


def _tail(log: Path, lines: int = 12) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _stop_on_signals() -> None:
    """Ctrl-C, a polite kill and a closed terminal all mean: stop everything."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in _SIGNALS:
        signal.signal(number, stop)
