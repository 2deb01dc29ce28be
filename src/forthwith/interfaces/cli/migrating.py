"""Bring the tables up to date, as the role that owns them, and give the application its rights on Django's own tables.

Our tables get exact rights from the migrations that make them
(`apps/walls.py`); tables of Django and of libraries have no such migration,
so their rights are given here, after each migrate.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

OURS = "forthwith."
HISTORY = "django_migrations"


def alias() -> str:
    """The connection that migrates: the owner's if one is named, else the only one."""
    return "owner" if "owner" in connections.databases else "default"


def pending() -> list[str]:
    """Migrations not applied yet, as app.name."""
    executor = MigrationExecutor(connections[alias()])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def migrate(*, verbosity: int = 1) -> None:
    """Apply what is pending, then the rights: all of it or nothing.

    Django records a migration after it is committed: killed between the two, the next start would make the same tables
    again and fail for ever.
    """
    with transaction.atomic(using=alias()):
        call_command("migrate", database=alias(), interactive=False, verbosity=verbosity)
        if alias() == "owner":
            grant_on_library_tables()


def grant_on_library_tables() -> None:
    """The application may work with rows of libraries' tables, and read (not write) the record of migrations."""
    owner, application = connections["owner"], connections["default"].settings_dict["USER"]
    if owner.settings_dict["USER"] == application:
        return
    quoted = owner.ops.quote_name
    with owner.cursor() as cursor:
        present = set(owner.introspection.table_names(cursor))
        for table in sorted(_library_tables() & present):
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quoted(table)} TO {quoted(application)}")
            cursor.execute(_SEQUENCES, [table])
            for (sequence,) in cursor.fetchall():
                cursor.execute(f"GRANT USAGE, SELECT ON SEQUENCE {sequence} TO {quoted(application)}")
        cursor.execute(f"GRANT SELECT ON {quoted(HISTORY)} TO {quoted(application)}")


_SEQUENCES = """
    SELECT s.oid::regclass::text FROM pg_class s JOIN pg_depend d ON d.objid = s.oid
    WHERE s.relkind = 'S' AND d.refobjid = %s::regclass
"""


def _library_tables() -> set[str]:
    models = [model for app in apps.get_app_configs() if not app.name.startswith(OURS) for model in _models(app)]
    return {model._meta.db_table for model in models}


def _models(app: object) -> list[type]:
    return list(app.get_models(include_auto_created=True))  # type: ignore[attr-defined]
