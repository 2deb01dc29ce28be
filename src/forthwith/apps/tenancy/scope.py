"""Opening the second wall for some tenants, inside a transaction and no longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from forthwith.apps.sql import run


@contextmanager
def scoped(tenants: Iterable[UUID], *, platform: bool = False, alone: str = "") -> Iterator[None]:
    """A transaction that sees and writes the rows of these tenants only.

    `alone`: of the transactions that name the same thing one goes on at a time; the others wait for its end.
    """
    names = ",".join(str(tenant) for tenant in tenants)
    with transaction.atomic():
        if platform:
            run(
                "SELECT set_config('forthwith.tenants', %s, true), set_config('forthwith.platform', 'on', true)",
                [names],
            )
        elif alone:
            run(
                "SELECT set_config('forthwith.tenants', %s, true), pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [names, alone],
            )
        else:
            run("SELECT set_config('forthwith.tenants', %s, true)", [names])
        yield
