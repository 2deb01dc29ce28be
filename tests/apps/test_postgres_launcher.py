"""The embedded PostgreSQL: private, with two roles, held by one, recovered after a crash."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from forthwith.adapters.postgres import (
    DataFolderBusy,
    LauncherError,
    existing,
    refuse_if_busy,
    running,
    serving,
    spawning,
)
from forthwith.adapters.postgres.account import Account
from forthwith.adapters.postgres.lock import read_notes, write_notes
from tests.postgres import FAST

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that any account may enter (pytest's own tmp_path is closed to others)."""
    home = Path(tempfile.mkdtemp(prefix="fw-"))
    home.chmod(0o711)
    yield home / "data"
    shutil.rmtree(home, ignore_errors=True)


def scalar(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def test_the_application_works_and_owns_nothing(data: Path) -> None:
    with running(data, settings=FAST) as cluster:
        with psycopg.connect(cluster.owner_url) as owner:
            owner.execute("CREATE EXTENSION pg_trgm")
            owner.execute("CREATE TABLE letter (id int)")
            owner.execute("GRANT SELECT ON letter TO forthwith_app")
        assert scalar(cluster.app_url, "SELECT count(*) FROM letter") == 0
        for refused in ("INSERT INTO letter VALUES (1)", "DROP TABLE letter", "CREATE TABLE mine (id int)"):
            with psycopg.connect(cluster.app_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)
        flags = "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = 'forthwith_{}'"
        assert not scalar(cluster.app_url, flags.format("app"))
        assert not scalar(cluster.app_url, flags.format("owner"))


def test_the_server_is_private(data: Path) -> None:
    with running(data, settings=FAST) as cluster:
        assert scalar(cluster.app_url, "SHOW listen_addresses") == ""
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(cluster.app_url.replace("forthwith_app:", "forthwith_app:wrong"))
        with pytest.raises(psycopg.OperationalError, match="no password"):
            psycopg.connect(host=str(cluster.folders.sockets), user="postgres", dbname="postgres")
        assert scalar(
            cluster.admin_url,
            "SELECT rolpassword LIKE 'SCRAM-SHA-256%' FROM pg_authid WHERE rolname = 'postgres'",
        )
        server = psutil.Process(cluster.pid)
        assert server.uids().real == cluster.folders.account.uid != 0
        assert not [c for c in server.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    folders = cluster.folders
    for private in (folders.sockets, folders.postgres, folders.secrets, folders.logs, folders.files):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    for secret in folders.secrets.iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_it_is_durable_unless_told_otherwise(data: Path) -> None:
    with running(data) as cluster:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert scalar(cluster.app_url, f"SHOW {setting}") == "on"


def test_a_session_that_stopped_in_mid_transaction_is_ended(data: Path) -> None:
    """Readers of events wait for the oldest open transaction: it must not be open for ever."""
    with running(data, settings=FAST) as cluster:
        assert scalar(cluster.app_url, "SHOW idle_in_transaction_session_timeout") == "1min"


def test_a_child_may_open_as_many_files_as_the_system_allows() -> None:
    former, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    ourselves = Account(os.geteuid(), os.getegid(), "ourselves", lowered=False)
    script = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, most))
    try:
        said = spawning.run([sys.executable, "-c", script], account=ourselves, environment={}).stdout
        assert int(said) == spawning.most_files() > 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (former, most))


def test_a_second_server_is_refused_and_a_visitor_is_let_in(data: Path) -> None:
    with serving(data, settings=FAST) as cluster:
        with pytest.raises(DataFolderBusy, match=f"process {os.getpid()}"), serving(data):
            pass
        with pytest.raises(DataFolderBusy):
            refuse_if_busy(data)
        with running(data) as visited:
            assert visited.pid is None  # not its own server
            assert scalar(visited.app_url, "SELECT 1") == 1
        assert cluster.answers()
    refuse_if_busy(data)
    assert not cluster.answers()


def test_the_dead_are_not_named_as_holders(data: Path) -> None:
    """Their notes lie there until the next holder has written its own."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    with serving(data, settings=FAST) as cluster:
        own = read_notes(cluster.folders.notes)
        cluster.folders.notes.write_text(f'{{"pid": {gone.pid}, "command": "forthwith up"}}')
        threading.Timer(0.2, lambda: write_notes(cluster.folders.notes, own)).start()
        with pytest.raises(DataFolderBusy, match=f"in use by process {os.getpid()} "):
            refuse_if_busy(data)


def test_rows_outlive_the_server(data: Path) -> None:
    with running(data, settings=FAST) as cluster, psycopg.connect(cluster.owner_url) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with running(data, settings=FAST) as cluster:
        assert scalar(cluster.owner_url, "SELECT answer FROM kept") == 42


def test_what_a_killed_launcher_left_is_cleared_away(data: Path) -> None:
    script = (
        "import os, sys, signal; from pathlib import Path\n"
        "from forthwith.adapters.postgres import serving\n"
        "from forthwith.adapters.postgres import account\n"
        "account._PR_SET_PDEATHSIG = 0  # as on a system where children are not told\n"
        "with serving(Path(sys.argv[1])) as cluster:\n"
        "    print(cluster.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(data)], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    orphan = int(killed.stdout)
    with serving(data, settings=FAST) as cluster:
        assert cluster.recovered
        assert cluster.pid != orphan
        assert not psutil.pid_exists(orphan)
        assert scalar(cluster.app_url, "SELECT 1") == 1


def test_a_stale_pid_file_that_names_a_stranger_harms_nobody(data: Path) -> None:
    with running(data, settings=FAST) as cluster:
        pass
    stale = cluster.folders.postgres / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{cluster.folders.postgres}\n")
    with running(data, settings=FAST) as again:
        assert scalar(again.app_url, "SELECT 1") == 1


def test_the_server_is_restarted_after_a_kill(data: Path) -> None:
    with serving(data, settings=FAST) as cluster:
        pid = cluster.pid  # asked once: to ask is to notice the death
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert cluster.exit_code == -signal.SIGKILL
        cluster.restart()
        assert scalar(cluster.app_url, "SELECT 1") == 1


def test_a_deep_data_folder_has_its_socket_elsewhere(data: Path) -> None:
    deep = data.parent / ("x" * 60) / ("y" * 60)
    deep.parent.mkdir(mode=0o711)
    deep.parent.chmod(0o711)
    with running(deep, settings=FAST) as cluster:
        assert not cluster.folders.sockets.is_relative_to(deep)
        assert stat.S_IMODE(cluster.folders.sockets.stat().st_mode) == 0o700
        assert scalar(cluster.app_url, "SELECT 1") == 1
    shutil.rmtree(cluster.folders.sockets)


@pytest.mark.parametrize("name", ["with a space", "50% + ü & 'more'"])
def test_a_folder_may_have_any_printable_name(data: Path, name: str) -> None:
    with running(data / name, settings=FAST) as cluster:
        assert scalar(cluster.app_url, "SELECT 1") == 1


def test_a_name_with_a_line_break_is_refused(data: Path) -> None:
    with pytest.raises(LauncherError, match="printable"), running(data / "two\nlines", settings=FAST):
        pass


def test_a_folder_with_other_things_in_it_is_refused(data: Path) -> None:
    data.mkdir()
    (data / "thesis.txt").write_text("mine")
    with pytest.raises(LauncherError, match="not made by forthwith"), running(data):
        pass
    assert [path.name for path in data.iterdir()] == ["thesis.txt"]


@pytest.mark.skipif(not AS_ROOT, reason="only root steps down to another account")
def test_parents_that_the_account_cannot_enter_are_left_alone(data: Path) -> None:
    data.parent.chmod(0o700)
    with pytest.raises(LauncherError, match="cannot enter"), running(data):
        pass
    assert stat.S_IMODE(data.parent.stat().st_mode) == 0o700
    assert not data.exists()


def test_nothing_is_made_by_looking(data: Path) -> None:
    assert existing(data) is None
    assert not data.exists()
