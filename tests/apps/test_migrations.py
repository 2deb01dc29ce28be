"""Migrations: whole, in order, and begun again when they were interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_up():
    call_command("check")
    call_command("makemigrations", check=True, dry_run=True)


@pytest.fixture
def data() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="fw-migrating-"))
    home.chmod(0o711)
    yield home / "data"
    shutil.rmtree(home, ignore_errors=True)


KILLED = """
import os, signal
from django.db.migrations.recorder import MigrationRecorder
record = MigrationRecorder.record_applied
def killed(self, app, name):
    if app == "tenancy":
        os.kill(os.getpid(), signal.SIGKILL)
    return record(self, app, name)
MigrationRecorder.record_applied = killed
from forthwith.interfaces.cli import main
main()
"""


def test_migrating_that_was_killed_is_begun_again(data: Path) -> None:
    """Killed after the tables of an app were made, and before that was recorded."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "FORTHWITH_"))}
    words = ["migrate", "--data", str(data)]
    first = subprocess.run([sys.executable, "-c", KILLED, *words], env=clean, capture_output=True, check=False)
    assert first.returncode == -signal.SIGKILL
    again = subprocess.run(
        [sys.executable, "-m", "forthwith.interfaces.cli", *words],
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
