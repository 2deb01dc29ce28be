"""The second wall: row-level security and exact grants, as migration operations.

Every request and job names its tenants by `set_config('forthwith.tenants', …,
true)` inside its transaction; a table under `protect` shows and takes only
rows of those tenants. The application's role owns nothing and holds only the
rights that a migration gave it. Where one role does everything (a single
DATABASE_URL), security is forced on the owner too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import migrations

SCOPE = "tenant_id = ANY (string_to_array(current_setting('forthwith.tenants', true), ',')::uuid[])"
PLATFORM = "(tenant_id IS NULL AND current_setting('forthwith.platform', true) = 'on')"


def protect(
    table: str,
    *,
    insert: bool = True,
    update_columns: Sequence[str] | None = None,
    delete: bool = False,
    platform: bool = False,
) -> migrations.RunPython:
    """Row-level security by `tenant_id` on `table`, and exactly these rights for the application's role.

    `update_columns` None means every column; an empty sequence means no UPDATE at all.
    `platform` also lets rows without a tenant be written, and read by who speaks for the platform.
    """

    def forwards(apps: Any, schema_editor: Any) -> None:
        role = settings.FORTHWITH_APP_ROLE
        using = f"{SCOPE} OR {PLATFORM}" if platform else SCOPE
        check = f"{SCOPE} OR tenant_id IS NULL" if platform else SCOPE
        schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        if settings.FORTHWITH_ONE_ROLE:
            schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        schema_editor.execute(f'CREATE POLICY tenants ON "{table}" USING ({using}) WITH CHECK ({check})')
        _grant(
            schema_editor,
            table,
            role,
            insert=insert,
            update_columns=update_columns,
            delete=delete,
        )

    def backwards(apps: Any, schema_editor: Any) -> None:
        schema_editor.execute(f'DROP POLICY tenants ON "{table}"')
        schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')

    return migrations.RunPython(forwards, backwards)


def grant(
    table: str,
    *,
    insert: bool = True,
    update_columns: Sequence[str] | None = None,
    delete: bool = True,
) -> migrations.RunPython:
    """Exactly these rights on a table without a tenant (global reference, identity, the audit's cursors)."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        _grant(
            schema_editor, table, settings.FORTHWITH_APP_ROLE,
            insert=insert, update_columns=update_columns, delete=delete,
        )  # fmt: skip

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def narrow(table: str, *, update_columns: Sequence[str]) -> migrations.RunPython:
    """Take back UPDATE and DELETE on `table` but for these columns: what is left of it is never changed."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        if settings.FORTHWITH_ONE_ROLE:
            return
        role = settings.FORTHWITH_APP_ROLE
        schema_editor.execute(f'REVOKE UPDATE, DELETE ON "{table}" FROM "{role}"')
        if update_columns:
            columns = ", ".join(f'"{column}"' for column in update_columns)
            schema_editor.execute(f'GRANT UPDATE ({columns}) ON "{table}" TO "{role}"')

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def same_tenant(table: str, column: str, of: str) -> migrations.RunPython:
    """The row that `column` names belongs to the same tenant: the plain foreign key is replaced by one over both.

    `of` needs a unique constraint over (id, tenant_id). One trigger as before, so writing costs what it did.
    """

    def forwards(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_PLAIN_KEYS, [table, of, column])
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        schema_editor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_of_tenant" FOREIGN KEY ("{column}", tenant_id) '
            f'REFERENCES "{of}" (id, tenant_id) DEFERRABLE INITIALLY DEFERRED'
        )

    return migrations.RunPython(forwards, migrations.RunPython.noop)


_PLAIN_KEYS = """
SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND c.confrelid = %s::regclass AND cardinality(c.conkey) = 1
  AND a.attname = %s
"""


def _grant(
    editor: Any,
    table: str,
    role: str,
    *,
    insert: bool,
    update_columns: Sequence[str] | None,
    delete: bool,
) -> None:
    if settings.FORTHWITH_ONE_ROLE:
        return
    rights = ["SELECT"] + ["INSERT"] * insert + ["DELETE"] * delete
    if update_columns is None:
        rights.append("UPDATE")
    elif update_columns:
        columns = ", ".join(f'"{column}"' for column in update_columns)
        rights.append(f"UPDATE ({columns})")
    editor.execute(f'GRANT {", ".join(rights)} ON "{table}" TO "{role}"')
    sequences = (
        "SELECT quote_ident(s.relname) FROM pg_class s JOIN pg_depend d ON d.objid = s.oid "
        "JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S' AND t.relname = %s"
    )
    with editor.connection.cursor() as cursor:
        cursor.execute(sequences, [table])
        for (sequence,) in cursor.fetchall():
            cursor.execute(f'GRANT USAGE, SELECT ON SEQUENCE {sequence} TO "{role}"')
