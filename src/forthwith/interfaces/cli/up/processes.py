"""How the web server and the job worker are called: their commands and what their environment holds.

They get the application's database address, never the owner's, and of our own
environment only what is listed here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from forthwith.adapters.postgres import Folders, leftovers, spawning

from .runtime import Interpreter
from .supervisor import Program

WORKERS = 2
CONNECTIONS = 4096  # open at once in each process: idle browsers and slow senders are many, and cost little
FILES_BESIDE = 256  # file descriptors for all else
_PASSED_ON = ("LANG", "TZ", "PATH", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PASSED_ON_PREFIXES = ("LC_", "FORTHWITH_", "GRANIAN_")


def web(folders: Folders, python: Interpreter, environment: Mapping[str, str], *, host: str, port: int) -> Program:
    """granian: two processes, ASGI, one port.

    Its `backpressure` counts connections, whether they ask anything or not; how many requests are worked on at once
    is the gate's business (interfaces/web/gate.py). A connection's headers may fill no more than the buffer.
    """
    connections = max(FILES_BESIDE, min(CONNECTIONS, spawning.most_files() - FILES_BESIDE))
    command = [python.path, "-m", "granian", "--interface", "asginl", "--host", host, "--port", str(port)]
    command += ["--workers", str(WORKERS), "--respawn-failed-workers", "--workers-kill-timeout", "2"]
    command += ["--backlog", "2048", "--backpressure", str(connections), "--http1-buffer-size", "65536"]
    command += ["--no-ws", "--log-level", "warning", "forthwith.config.asgi:application"]
    return _program("web", command, folders, python, {"FORTHWITH_POOL": "10", **environment}, patience=10)


def worker(folders: Folders, python: Interpreter, environment: Mapping[str, str]) -> Program:
    """The readers and jobs."""
    command = [python.path, "-m", "forthwith.interfaces.cli", "jobs"]
    return _program("jobs", command, folders, python, environment, patience=10)


def _program(
    name: str,
    command: list[str],
    folders: Folders,
    python: Interpreter,
    environment: Mapping[str, str],
    *,
    patience: float,
) -> Program:
    return Program(
        name,
        command,
        environment={**python.environment, **environment},
        log=folders.logs / f"{name}.log",
        account=folders.account,
        patience=patience,
    )


def environment(folders: Folders, given: Mapping[str, str], *, host: str, base_url: str) -> dict[str, str]:
    """What is passed on of ours, and `given` (database and keys)."""
    passed = {
        name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)
    }
    hosts = [".localhost", "127.0.0.1", "[::1]"] + ([host] if host not in {"0.0.0.0", "::"} else [])
    return {
        "FORTHWITH_ALLOWED_HOSTS": ",".join(dict.fromkeys(hosts)),
        **passed,
        **given,
        "HOME": str(folders.sockets),
        "FORTHWITH_BASE_URL": base_url,
        "DJANGO_SETTINGS_MODULE": "forthwith.config.settings",
        "PYTHONUNBUFFERED": "1",
        leftovers.MARK: str(folders.data),
    }
