"""`forthwith migrate`."""

from __future__ import annotations

import click

from . import console
from .database import making_database


@click.command()
@click.option("--plan", is_flag=True, help="Only say what would be applied.")
@making_database
def migrate(*, plan: bool) -> None:
    """Bring the database's tables up to date.

    With DATABASE_URL, name the role that owns the schema in DATABASE_OWNER_URL; without it one role does both.
    """
    from . import migrating

    pending = migrating.pending()
    if plan:
        for name in pending:
            console.out().print(name)
    if not pending:
        console.notices().print("The tables are up to date.")
    if plan:
        return
    migrating.migrate(verbosity=1 if pending else 0)
