"""What keeps the house straight: floors, routes, moves, generated pages, words that must not enter."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.management import call_command

from forthwith.domain.lifecycle import MOVES, Act, Notice
from forthwith.domain.notices import NoticeKind
from forthwith.domain.permissions import ROLES
from forthwith.interfaces.cli.jobs import jobs

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "forthwith"


def test_the_floors_hold():
    done = subprocess.run([sys.executable, "-m", "importlinter.cli", "lint"], cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    if "No module named" in done.stderr:
        done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout


def _linted(tmp_path, where="", line=""):
    copy = tmp_path / "src" / "forthwith"
    subprocess.run(["cp", "-r", SOURCE.parent, tmp_path], check=True)
    if where:
        target = copy / where
        target.parent.mkdir(exist_ok=True)
        target.write_text((target.read_text() if target.exists() else "") + f"\n{line}  # a violation\n")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    path = {"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin"}
    linter = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False, env=path)


def test_a_faithful_copy_of_the_house_passes(tmp_path):
    done = _linted(tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("domain/words.py", "from forthwith.apps import sql"),
        ("domain/words.py", "import django"),
        ("formats/__init__.py", "from forthwith.domain import words"),
        ("apps/audit/queries.py", "from forthwith.apps.tenancy import queries"),
        ("apps/letters/queries.py", "from forthwith.apps.authorizations import queries"),
        ("interfaces/fhir_api/__init__.py", "from forthwith.apps.authorizations import models"),
        ("interfaces/fhir_api/__init__.py", "from forthwith.interfaces import provider_portal"),
        ("interfaces/web/__init__.py", "from forthwith.adapters import postgres"),
        ("newcomer/__init__.py", "import forthwith"),
    ],
)
def test_each_contract_fails_on_a_deliberate_violation(tmp_path, where, line):
    done = _linted(tmp_path, where, line)
    assert done.returncode == 1 and "BROKEN" in done.stdout, done.stdout + done.stderr


def test_generated_pages_are_fresh():
    done = subprocess.run([sys.executable, "-m", "docs.generate", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db
def test_migrations_say_what_the_models_say():
    call_command("makemigrations", check=True, dry_run=True)


def test_every_act_has_one_row_and_somebody_who_may_do_it():
    assert [move.act for move in MOVES] == list(Act)
    held = {permission for role in ROLES.values() for permission in role.permissions}
    assert {move.needs for move in MOVES} <= held


def test_every_notice_that_a_move_owes_can_be_written():
    kinds = {kind.value for kind in NoticeKind}
    owed = {move.notice for move in MOVES} - {Notice.NONE, Notice.DETERMINATION}
    assert {notice.value for notice in owed} <= kinds
    assert {"approval", "partial_approval", "denial"} <= kinds


def test_below_the_doors_nobody_reads_the_clock():
    clock = re.compile(r"\b(datetime\.now|timezone\.now|date\.today|time\.time)\(")
    for folder in ("apps", "domain", "formats"):
        for path in (SOURCE / folder).rglob("*.py"):
            assert not clock.search(path.read_text()), path


def test_there_are_no_signals_and_no_save_with_effects():
    for path in (SOURCE / "apps").rglob("*.py"):
        tree = ast.parse(path.read_text())
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert "save" not in names and "delete" not in names, path
        assert "django.dispatch" not in path.read_text() and "db.models.signals" not in path.read_text(), path


def test_every_task_of_the_worker_is_scheduled():
    from forthwith.interfaces.jobs import tasks
    from forthwith.interfaces.jobs.worker import all_tasks

    written = {n for n, f in vars(tasks).items() if callable(f) and getattr(f, "__module__", "") == tasks.__name__}
    assert {task.do.__name__ for task in all_tasks()} == written - {"everyone"}


def test_locks_name_no_index():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "--index-url" not in text and "://" not in text, path
        assert "--hash=sha256:" in text, path


def test_a_worker_may_do_some_tasks_only() -> None:
    from forthwith.interfaces.jobs.worker import named, task_names

    assert [task.name for task in named(["seal_audit"])] == ["seal_audit"]
    assert [task.name for task in named([])] == task_names()
    refused = CliRunner().invoke(jobs, ["--task", "seal_audi"])
    assert refused.exit_code == 2 and "seal_audit" in refused.output
