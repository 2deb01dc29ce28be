"""The loop: every task at its own pace, errors logged and tried again, a clean stop at SIGTERM or SIGINT."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from django.db import InterfaceError, OperationalError, connection

from forthwith.apps.audit import sealing

from . import tasks

log = structlog.get_logger("forthwith.jobs")


@dataclass(slots=True)
class Task:
    """Something to do every so many seconds; after a full round at once again, when the others have had their turn."""

    name: str
    every: float
    do: Callable[[], int]
    full: int
    next_at: float = 0.0


def all_tasks() -> list[Task]:
    """What this worker does; a test proves that every task of the module is here."""
    return [
        Task("tell_live_pages", 0.2, tasks.tell_live_pages, tasks.MOST_EVENTS),
        Task("render_letters", 0.5, tasks.render_letters, tasks.MOST_LETTERS),
        Task("seal_audit", 1.0, tasks.seal_audit, sealing.BATCH),
        Task("return_unanswered", 60.0, tasks.return_unanswered, tasks.MOST_RETURNED),
        Task("scan_attachments", 1.0, tasks.scan_attachments, tasks.MOST_FILES),
    ]


def task_names() -> list[str]:
    """What this worker can do, by name."""
    return [task.name for task in all_tasks()]


def named(names: Sequence[str]) -> list[Task]:
    """The tasks of these names, all where none is named; raises KeyError for a name that is none."""
    known = {task.name: task for task in all_tasks()}
    return [known[name] for name in names] if names else list(known.values())


def run(names: Sequence[str] = ()) -> None:
    """Do these tasks (all where none is named) until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    todo = named(names)
    while not stop.is_set():
        for task in todo:
            if time.monotonic() >= task.next_at and not stop.is_set():
                _try(task)
        stop.wait(max(0.001, min(task.next_at for task in todo) - time.monotonic()))
    connection.close()


def _try(task: Task) -> None:
    try:
        pause = 0.0 if task.do() >= task.full else task.every
    except (OperationalError, InterfaceError):
        log.warning("database_away", task=task.name)
        connection.close()
        pause = max(task.every, 1.0)
    except Exception:
        log.exception("task_failed", task=task.name)
        pause = max(task.every, 5.0)
    task.next_at = time.monotonic() + pause
