"""`forthwith up`, as the person at the terminal sees it: it starts, survives its children's deaths, and cleans up."""

from __future__ import annotations

import http.client
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.timeout(600)
PATIENCE = 200.0


class Up:
    """One `forthwith up` and what it says."""

    def __init__(self, data: Path, port: int, *options: str) -> None:
        self.port = port
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "FORTHWITH_"))
        }
        command = [sys.executable, "-m", "forthwith.interfaces.cli", "up", "--data", str(data), "--port", str(port)]
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [*command, *options],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put(None)

    def says(self, words: str) -> str:
        """The next line with these words; waits for it."""
        while True:
            line = self._lines.get(timeout=PATIENCE)
            assert line is not None, f"it ended without saying {words!r}:\n{''.join(self.said)}"
            self.said.append(line)
            if words in line:
                return line

    def ready(self) -> float:
        """Seconds from the start until it said that it is ready, and it is."""
        self.says("Forthwith is ready")
        seconds = time.monotonic() - self.began
        assert self.answers() == 200
        return seconds

    def answers(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        status = connection.getresponse().status
        connection.close()
        return status

    def children(self) -> dict[str, psutil.Process]:
        """By name: postgres, web, jobs."""
        names = {}
        for child in psutil.Process(self.process.pid).children():
            words = " ".join(child.cmdline())
            names["web" if "granian" in words else "jobs" if words.endswith("jobs") else "postgres"] = child
        return names

    def everything(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.ends()

    def ends(self) -> int:
        """Its exit code; waits for it."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="fw-up-"))
    home.chmod(0o711)
    yield home / "data"
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def up(data: Path) -> Iterator[Up]:
    """Running and ready, over one data folder for all tests of this file."""
    started = Up(data, free_port(), "--no-sample")
    started.ready()
    yield started
    if started.process.poll() is None:
        started.stop()


def test_ctrl_c_stops_everything_it_started(up: Up) -> None:
    running = up.everything()
    assert set(up.children()) == {"postgres", "web", "jobs"}
    assert up.stop() == 0
    assert psutil.wait_procs(running, timeout=1)[1] == []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", up.port))


def test_the_second_start_is_quick(data: Path) -> None:
    first = Up(data, free_port(), "--no-sample")
    first.ready()
    assert first.stop(signal.SIGTERM) == 0
    second = Up(data, free_port(), "--no-sample")
    seconds = second.ready()
    second.stop()
    said = "".join(second.said)
    assert "tables" not in said  # what was done once is not done again
    assert "style sheets" not in said
    others_use_the_machine = os.getloadavg()[0] > (os.cpu_count() or 1)
    assert seconds < 5 or others_use_the_machine


def test_two_at_once_on_one_folder(up: Up, data: Path) -> None:
    second = Up(data, free_port(), "--no-sample")
    line = second.says("is in use by")
    assert f"process {up.process.pid}" in line
    assert f"http://localhost:{up.port}" in line
    assert second.ends() == 1
    assert up.answers() == 200


def test_of_two_started_in_the_same_instant_one_runs(data: Path) -> None:
    both = [Up(data.with_name("same"), free_port(), "--no-sample") for _ in range(2)]
    end = time.monotonic() + PATIENCE
    while all(one.process.poll() is None for one in both):
        assert time.monotonic() < end
        threading.Event().wait(0.05)
    loser, winner = sorted(both, key=lambda one: one.process.poll() is None)
    assert f"is in use by process {winner.process.pid} (" in loser.says("is in use by")
    assert loser.ends() == 1
    winner.ready()
    assert winner.stop(signal.SIGHUP) == 0


def test_a_busy_port_is_told_with_its_holder(up: Up, data: Path) -> None:
    other = Up(data.with_name("other"), up.port, "--no-sample")
    line = other.says(f"port {up.port} is in use by process")
    assert "granian" in line
    assert other.ends() == 1


@pytest.mark.parametrize("name", ["web", "jobs", "postgres"])
def test_a_killed_child_is_started_again(up: Up, name: str) -> None:
    former = up.children()[name]
    former.kill()
    assert "killed by SIGKILL" in up.says(f"{name} ended")
    up.says(f"{name} runs again")
    assert up.children()[name].pid != former.pid
    end = time.monotonic() + PATIENCE
    while _status(up) != 200:
        assert time.monotonic() < end
    assert up.stop() == 0


def test_after_its_own_kill_the_next_start_finds_a_clean_house(up: Up, data: Path) -> None:
    orphans = up.everything()
    web = up.children()["web"]
    for each in (web, *web.children(recursive=True)):
        each.suspend()  # so that they hold the port when the next start looks
    up.process.kill()
    up.ends()
    again = Up(data, up.port, "--no-sample")
    again.ready()
    assert psutil.wait_procs(orphans, timeout=10)[1] == []
    assert again.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another account")
def test_nothing_runs_as_root(up: Up) -> None:
    assert {process.uids().real for process in up.everything()} & {0} == set()


def _status(up: Up) -> int | None:
    try:
        return up.answers()
    except OSError:
        return None
