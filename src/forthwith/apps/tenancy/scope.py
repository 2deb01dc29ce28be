"""Opening the second wall for some tenants, inside a transaction and no longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from forthwith.apps.sql import run


@contextmanager
def scoped(tenants: Iterable[UUID], *, platform: bool = False) -> Iterator[None]:
    """A transaction that sees and writes the rows of these tenants only."""
    names = ",".join(str(tenant) for tenant in tenants)
    with transaction.atomic():
        if platform:
            run(
                "SELECT set_config('forthwith.tenants', %s, true), set_config('forthwith.platform', 'on', true)",
                [names],
            )
        else:
            run("SELECT set_config('forthwith.tenants', %s, true)", [names])
        yield
