"""The console's doors: what cannot be done is told in one line, with an exit code, and nothing is made by it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from django.db import ProgrammingError

from forthwith.interfaces.cli import console, database, forthwith

LOOKING = ["sample describe", "sample code x", "sample grow --authorizations 5", "audit verify", "check", "jobs"]
NEEDING_A_DATABASE = [*LOOKING, "migrate", "sample load", "up"]


def run(*words: str) -> Result:
    return CliRunner().invoke(forthwith, words)


@pytest.mark.parametrize("command", LOOKING)
def test_a_mistyped_data_folder_is_told_and_not_made(command: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("DATABASE_URL")
    done = run(*command.split(), "--data", str(tmp_path / "typo"))
    assert done.exit_code == 1
    assert "holds no Forthwith" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["nonsense", "mysql://h/d", "postgresql://h:x/d", "postgresql://h", "postgresql://[/d"])
def test_an_address_that_is_none_is_refused(url: str, monkeypatch: Any) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        with monkeypatch.context() as changed, pytest.raises(console.Failure, match=f"{name} is no address"):
            changed.setenv(name, url)
            database.named_url()


@pytest.mark.parametrize("command", NEEDING_A_DATABASE)
def test_no_folder_is_wrong_usage(command: str) -> None:
    done = run(*command.split(), "--data", "")
    assert done.exit_code == 2
    assert "name a folder" in done.stderr


@pytest.mark.parametrize("key", ["", "xyz", "ab" * 31])
def test_the_audit_is_not_verified_without_its_key(key: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("FORTHWITH_AUDIT_KEY", key)
    with pytest.raises(console.Failure, match="FORTHWITH_AUDIT_KEY is"):
        database.need_audit_key()


def test_beside_a_named_database_the_address_is_that_of_the_server_that_runs(tmp_path: Path, monkeypatch: Any) -> None:
    for name in ("FORTHWITH_BASE_URL", "FORTHWITH_DATA", "FORTHWITH_SECRET_KEY", "FORTHWITH_AUDIT_KEY", "DATABASE_URL"):
        monkeypatch.setenv(name, "kept")  # so that what is changed here is put back
    monkeypatch.delenv("FORTHWITH_BASE_URL")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "running.json").write_text('{"pid": 1, "command": "forthwith up", "address": "http://localhost:9"}')
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@h/d")
    with database.addressed(tmp_path, makes=False):
        assert os.environ["FORTHWITH_BASE_URL"] == "http://localhost:9"
        assert os.environ["FORTHWITH_DATA"] == str(tmp_path)
    monkeypatch.setenv("FORTHWITH_BASE_URL", "https://portal.example.org")
    with database.addressed(tmp_path, makes=False):
        assert os.environ["FORTHWITH_BASE_URL"] == "https://portal.example.org"


def test_what_a_database_refuses_is_one_line() -> None:
    with pytest.raises(console.Failure, match="does not answer: refused$"), database.refusals():
        raise psycopg.OperationalError("refused\nIs the server running?")
    with pytest.raises(console.Failure, match="forthwith migrate"), database.refusals():
        raise ProgrammingError from psycopg.errors.UndefinedTable("no such table")


def test_what_a_disk_refuses_is_one_line() -> None:
    with pytest.raises(console.Failure, match="^/data/x: No space left on device.$"), database.refusals():
        raise OSError(errno.ENOSPC, "No space left on device", "/home/x", None, "/data/x")
    with pytest.raises(console.Failure, match="disk is full: could not extend file"), database.refusals():
        raise psycopg.errors.DiskFull("could not extend file")


def test_a_defect_keeps_its_trace() -> None:
    with pytest.raises(psycopg.errors.SyntaxError), database.refusals():
        raise psycopg.errors.SyntaxError("ours")
