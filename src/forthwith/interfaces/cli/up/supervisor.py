"""Children: started, watched, started again when they die, and stopped. Nothing else is ever signalled.

A child is given its own session, so that a Ctrl-C at the terminal reaches the
launcher alone; what a child leaves of its group when it dies is cleared away
before it is started again.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from forthwith.adapters.postgres import spawning

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0  # people wait meanwhile
SETTLED = 5.0  # a child that lived so long starts again without delay
HOPELESS = 5  # quick deaths before it was ever ready


class Child(Protocol):
    """What the supervisor asks of a process."""

    name: str

    @property
    def pid(self) -> int | None: ...
    @property
    def exit_code(self) -> int | None: ...
    def start(self) -> None: ...
    def restart(self) -> None: ...
    def stop(self) -> None: ...


class Program:
    """A program of ours, run as the account, writing to a log of its own."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: Path,
        account: spawning.Account,
        patience: float,
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._environment = dict(environment)
        self._account = account
        self._patience = patience  # seconds between asking it to stop and killing it
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id, while it lives."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it lives."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start it; its end is noticed by the supervisor."""
        with spawning.opened_log(self.log) as log:
            self._process = spawning.spawn(self._command, account=self._account, environment=self._environment, log=log)

    def restart(self) -> None:
        """Clear away what its death left of its group (workers that hold the port), then start it."""
        self._kill_group()
        self.start()

    def ask_to_stop(self) -> None:
        """SIGTERM: finish what is in hand."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGTERM)

    def stop(self) -> None:
        """Ask, wait, kill."""
        if self._process is None:
            return
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self._patience)
        self._kill_group()
        self._process.wait()

    def _kill_group(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


class Hopeless(Exception):
    """A child dies again and again before it was ever ready."""

    def __init__(self, child: Child) -> None:
        super().__init__(child.name)
        self.child = child


class Supervisor:
    """Watches children. `say` receives one line about each death and restart."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self._say = say
        self._children: list[Child] = []
        self._pauses: dict[str, float] = {}
        self._started_at: dict[str, float] = {}
        self._due_at: dict[str, float] = {}
        self._quick_deaths: dict[str, int] = {}
        self._settled_once = False

    def add(self, child: Child, *, running: bool = False) -> None:
        """Watch it; start it unless it runs already."""
        if not running:
            child.start()
        self._children.append(child)
        self._started_at[child.name] = time.monotonic()
        self._pauses[child.name] = FIRST_PAUSE
        self._quick_deaths[child.name] = 0

    def all_ready(self) -> None:
        """From now on a dying child is started again for ever."""
        self._settled_once = True

    def tick(self) -> None:
        """Look at each child once; start again those that died, each after its pause."""
        now = time.monotonic()
        for child in self._children:
            if child.name in self._due_at:
                if now >= self._due_at[child.name]:
                    self._start_again(child)
            elif child.exit_code is not None:
                self._mourn(child, now)

    def watch(self) -> None:
        """Until a signal handler raises."""
        reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        former = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # so that a death wakes us
        try:
            while True:
                self.tick()
                select.select([reader], [], [], 0.1 if self._due_at else 1.0)
                with suppress(BlockingIOError):
                    os.read(reader, 512)
        finally:
            signal.set_wakeup_fd(former)
            os.close(reader)
            os.close(writer)

    def stop(self) -> None:
        """Those started last go first; all but the first are asked at once."""
        for child in reversed(self._children):
            if isinstance(child, Program):
                child.ask_to_stop()
        for child in reversed(self._children):
            child.stop()

    def _mourn(self, child: Child, now: float) -> None:
        lived = now - self._started_at[child.name]
        if lived > SETTLED:
            self._pauses[child.name], self._quick_deaths[child.name] = FIRST_PAUSE, 0
        self._quick_deaths[child.name] += 1
        if not self._settled_once and self._quick_deaths[child.name] >= HOPELESS:
            raise Hopeless(child)
        pause = self._pauses[child.name]
        self._pauses[child.name] = min(pause * 2, LONGEST_PAUSE)
        self._due_at[child.name] = now + pause
        self._say(f"{child.name} ended ({ending(child.exit_code)}); starting it again in {pause:.1f} s")

    def _start_again(self, child: Child) -> None:
        del self._due_at[child.name]
        child.restart()
        self._started_at[child.name] = time.monotonic()
        self._say(f"{child.name} runs again (process {child.pid})")


def ending(code: int | None) -> str:
    """An exit code in words."""
    if code is not None and code < 0:
        try:
            return f"killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"killed by signal {-code}"
    return f"exit code {code}"
