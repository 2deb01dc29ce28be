"""An app writes its own tables only: read from the source, and watched while the product works.

A query may join down the floors, so reading another app's table is not looked
at. Two loads and one act write by name where the ORM would be too slow; they
are held to the same rule.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from forthwith.apps.authorizations import actions, upkeep
from forthwith.apps.authorizations.actions import LineDecision
from forthwith.apps.review import actions as review
from forthwith.domain.words import Outcome
from forthwith.interfaces.jobs import tasks
from tests.factories import asked, world
from tests.house.test_house import SOURCE
from tests.journeys.portal import earlier

APPS = sorted(path.name for path in (SOURCE / "apps").iterdir() if (path / "models.py").exists() or (path / "models").is_dir())  # fmt: skip
WRITES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE(?!\s+(?:OF|SET)\b)|DELETE\s+FROM|TRUNCATE|COPY)\s+\"?([a-z_]+)\"?", re.IGNORECASE)  # fmt: skip
CHANGES = {"create", "bulk_create", "bulk_update", "update", "delete", "save", "get_or_create", "update_or_create", "select_for_update", "asave", "acreate"}  # fmt: skip
#: Locking a row that another app owns is reading it.
READS = {"select_for_update"}


def python_of(app: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((SOURCE / "apps" / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text())


def owner(table: str) -> str:
    """The app whose table this is, by its name."""
    return next((app for app in APPS if table.startswith(f"{app}_")), "")


def foreign_models(app: str, tree: ast.Module) -> set[str]:
    """Names of other apps' models as this module imports them."""
    found = set()
    for node in ast.walk(tree):
        module = (node.module or "").split(".") if isinstance(node, ast.ImportFrom) else []
        if module[:2] == ["forthwith", "apps"] and module[3:4] == ["models"] and module[2] != app:
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def root_of(node: ast.expr) -> str:
    """The first name of a chain such as `Member.objects.filter(…).update`."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def orm_writes(app: str, tree: ast.Module) -> list[str]:
    """Writes through the models of another app, and rows of them that are made here."""
    foreign = foreign_models(app, tree)
    wrong = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if (
                isinstance(node.func, ast.Attribute)
                and node.func.attr in CHANGES - READS
                and root_of(node.func) in foreign
            ):
                wrong.append(f"line {node.lineno}: {ast.unparse(node)[:80]}")
            if isinstance(node.func, ast.Name) and node.func.id in foreign:
                wrong.append(f"line {node.lineno}: {ast.unparse(node)[:80]}")
    return wrong


def sql_writes(app: str, tree: ast.Module) -> list[str]:
    """Tables of others that hand-written statements name after INSERT, UPDATE, DELETE, TRUNCATE or COPY."""
    wrong = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for table in WRITES.findall(node.value):
                if owner(table.lower()) not in ("", app):
                    wrong.append(f"line {node.lineno}: {table}")
    return wrong


@pytest.mark.parametrize("app", APPS)
def test_an_app_writes_only_its_own_tables(app):
    for path, tree in python_of(app):
        assert not orm_writes(app, tree), path
        assert not sql_writes(app, tree), path


@pytest.mark.parametrize(
    "source",
    [
        "from forthwith.apps.directory.models import Member\nMember.objects.filter(id=1).update(number='x')",
        "from forthwith.apps.directory.models import Member as M\nM.objects.create()",
        "from forthwith.apps.directory.models import Member\nMember(number='x')",
        "from forthwith.apps.letters.models import Letter\nLetter.objects.all().delete()",
        "run('INSERT INTO letters_letter (id) VALUES (1)')", 'run("""UPDATE  \\"audit_event\\" SET verb = 1""")',
        "run(f'DELETE FROM directory_member WHERE {x}')", "run('WITH a AS (SELECT 1) INSERT INTO tenancy_plan SELECT 1')",
    ],
)  # fmt: skip
def test_a_write_to_anothers_table_would_be_found(source):
    tree = ast.parse(source)
    assert orm_writes("authorizations", tree) or sql_writes("authorizations", tree)


def test_doors_write_no_table_of_an_app_by_hand():
    for path in (SOURCE / "interfaces").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not [t for t in WRITES.findall(node.value) if owner(t.lower())], path


def _sender() -> str:
    """The app whose code stands nearest to a statement that is sent now."""
    import sys

    frame = sys._getframe(2)
    while frame is not None:
        found = re.search(r"/forthwith/apps/(\w+)/", frame.f_code.co_filename)
        if found:
            return found[1]
        frame = frame.f_back
    return ""


@pytest.mark.django_db
def test_while_the_product_works_no_app_writes_anothers_table():
    w = world()
    seen: set[tuple[str, str]] = set()

    def watch(execute, sql, params, many, context):
        owners = {owner(table) for table in WRITES.findall(sql)} - {""}
        if len(owners) > 1:  # parts put together (apps/sql.py): each was written where its table lives
            seen.update((one, one) for one in owners)
        else:
            seen.update((_sender(), one) for one in owners)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        at = earlier()
        number = actions.submit(asked=asked(w, answers={"pain_weeks": "2"}), by=w["coordinator"], at=at).number
        review.take(number=number, by=w["nurse"], at=at)
        actions.ask_for_information(number=number, questions=["?"], message="", by=w["nurse"], at=at)
        actions.answer_information(number=number, answer="!", by=w["coordinator"], at=at)
        review.recommend(number=number, outcomes={1: Outcome.NOT_CERTIFIED}, note="x", by=w["nurse"], at=at)
        review.take(number=number, by=w["physician"], at=at)
        denial = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, reason="Two weeks only.")
        actions.determine(number=number, decisions=[denial], by=w["physician"], at=at)
        actions.record_notice(number=number, recipient="member", means="mail", by=w["nurse"], at=at)
        upkeep.return_unanswered(before=at, at=at)
        tasks.render_letters()
    assert {mine for mine, _ in seen} >= {"authorizations", "review", "letters", "audit"}
    assert {(mine, theirs) for mine, theirs in seen if mine != theirs} == set()
