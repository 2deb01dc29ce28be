"""One PostgreSQL server of our own: made, started, asked for its addresses, stopped.

It listens on a private socket only, asks everyone for a password
(scram-sha-256), writes through to the disk, and keeps people's particulars out
of its log. Locks and sharing between commands are `launcher`'s business.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg

from . import binaries, keys, leftovers, roles, spawning
from .errors import LauncherError
from .folders import Folders

ADMIN = "postgres"
START_SECONDS = 120.0  # a crash with much to replay takes its time
STOP_SECONDS = 60.0

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    # Sane for 2 processors and a few gigabytes; jit costs short statements more than it gives.
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    # A session that stopped in mid-transaction holds back every reader of events: not for ever.
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u ",
    # Statements and DETAIL lines carry values of people: they stay out of the log.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class Cluster:
    """The server of one data folder. `settings` overrides SETTINGS (tests turn fsync off)."""

    name = "postgres"

    def __init__(self, folders: Folders, *, settings: Mapping[str, str] | None = None) -> None:
        self.folders = folders
        self._settings = {**SETTINGS, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self.recovered: list[str] = []  # what had to be cleared away before the start, in words

    @property
    def owner_url(self) -> str:
        """For migrations: the role that owns the schema."""
        return self._url(roles.OWNER, keys.OWNER_PASSWORD)

    @property
    def app_url(self) -> str:
        """For everything else: the role that owns nothing."""
        return self._url(roles.APPLICATION, keys.APP_PASSWORD)

    @property
    def admin_url(self) -> str:
        """The superuser's: for making the roles, and for tests that make databases."""
        return self._url(ADMIN, keys.ADMIN_PASSWORD, database="postgres")

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, if this object started it and it lives."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """How the postmaster ended; None while it runs."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Make the database's files if there are none, start the server, wait until it answers, make the roles."""
        programs = binaries.locate(self.folders)
        if not (self.folders.postgres / "PG_VERSION").exists():
            self._initialize(programs)
        self._check_version(programs)
        self._launch(programs)
        self._await_ready()
        secret = self.folders.secrets
        roles.ensure(
            self._connect,
            owner_password=keys.read(secret, keys.OWNER_PASSWORD),
            app_password=keys.read(secret, keys.APP_PASSWORD),
        )

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, a checkpoint is written."""
        if self._process is None:
            return
        for number, seconds in (
            (signal.SIGINT, STOP_SECONDS),
            (signal.SIGQUIT, 10.0),
            (signal.SIGKILL, 10.0),
        ):
            if self._process.poll() is not None:
                break
            self._process.send_signal(number)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        self._process = None

    def restart(self) -> None:
        """After the server died: clear what it left and start it again."""
        self._process = None
        leftovers.clear_database(self.folders)
        self.start()

    def answers(self) -> bool:
        """Does a server of this folder take connections?"""
        try:
            psycopg.connect(self.app_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def log_tail(self, lines: int = 8) -> str:
        """The last words of the server's log."""
        path = self.folders.logs / "postgres.log"
        if not path.exists():
            return ""
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def _initialize(self, programs: Path) -> None:
        """initdb into a folder beside, renamed when whole: a crash half-way leaves nothing that looks made."""
        draft = self.folders.data / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        account = self.folders.account
        if account.lowered:
            os.chown(draft, account.uid, account.gid)
        with tempfile.NamedTemporaryFile("w", dir=self.folders.sockets, prefix=".pw") as password:
            password.write(keys.read(self.folders.secrets, keys.ADMIN_PASSWORD) + "\n")
            password.flush()
            if account.lowered:
                os.fchown(password.fileno(), account.uid, account.gid)
            command = [
                str(programs / "initdb"),
                "--pgdata",
                str(draft),
                "--username",
                ADMIN,
            ]
            command += [
                "--auth",
                "scram-sha-256",
                "--pwfile",
                password.name,
                "--encoding",
                "UTF8",
            ]
            command += [
                "--locale-provider",
                "builtin",
                "--builtin-locale",
                "C.UTF-8",
                "--locale",
                "C",
            ]
            if self._settings["fsync"] == "off":
                command += ["--no-sync"]
            done = self._run(command)
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise LauncherError(f"initdb failed in {self.folders.data}:\n{done.stdout.strip()}")
        os.rename(draft, self.folders.postgres)

    def _check_version(self, programs: Path) -> None:
        made_by = (self.folders.postgres / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = self._run([str(programs / "postgres"), "--version"]).stdout.split()[-1].split(".")[0]
        if made_by != ours:
            raise LauncherError(
                f"{self.folders.postgres} was made by PostgreSQL {made_by}; this is {ours}. "
                "Dump it with the old version and restore it, or name another folder with --data."
            )

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return spawning.run(command, account=self.folders.account, environment=_environment(self.folders))

    def _launch(self, programs: Path) -> None:
        command = [
            str(programs / "postgres"),
            "-D",
            str(self.folders.postgres),
            "-k",
            str(self.folders.sockets),
        ]
        for name, setting in self._settings.items():
            command += ["-c", f"{name}={setting}"]
        with spawning.opened_log(self.folders.logs / "postgres.log") as log:
            self._process = spawning.spawn(
                command,
                account=self.folders.account,
                environment=_environment(self.folders),
                log=log,
                on_launcher_death=signal.SIGINT,
            )

    def _await_ready(self) -> None:
        """Until the postmaster writes `ready` into its pid file (its eighth line)."""
        assert self._process is not None
        path = self.folders.postgres / "postmaster.pid"
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise LauncherError(f"PostgreSQL ended while starting:\n{self.log_tail()}")
            try:
                lines = path.read_text(encoding="utf-8").splitlines()
            except FileNotFoundError:
                lines = []
            if len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.02)
        self.stop()
        raise LauncherError(f"PostgreSQL was not ready after {START_SECONDS:.0f} s:\n{self.log_tail()}")

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(self._url(ADMIN, keys.ADMIN_PASSWORD, database=database), autocommit=True)

    def _url(self, role: str, secret: str, *, database: str = roles.DATABASE) -> str:
        password = quote(keys.read(self.folders.secrets, secret), safe="")
        host = urlencode({"host": str(self.folders.sockets)}, quote_via=quote)  # libpq reads a plus sign as one
        return f"postgresql://{role}:{password}@/{database}?{host}"


def _environment(folders: Folders) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C",
        "TZ": "UTC",
        leftovers.MARK: str(folders.data),
    }
