"""Opening the second wall for some tenants, inside a transaction and no longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from forthwith.apps.sql import run

_SET = "SELECT set_config('forthwith.tenants', %s, true), set_config('forthwith.platform', %s, true)"
_OPEN = "forthwith_scope"  # kept at the connection: which scope its transaction is in


@contextmanager
def scoped(tenants: Iterable[UUID], *, platform: bool = False, alone: str = "") -> Iterator[None]:
    """A transaction that sees and writes the rows of these tenants only.

    Within another scope: for as long as the block lasts; afterwards the outer one is back, also without an error
    (with one, the savepoint's end brings it back). `alone`: of the transactions that name the same thing one goes on
    at a time; the others wait for its end.
    """
    wanted = (",".join(str(tenant) for tenant in tenants), "on" if platform else "")
    outer = getattr(connection, _OPEN, None) if connection.in_atomic_block else None
    with transaction.atomic():
        if alone:
            run(f"{_SET}, pg_advisory_xact_lock(hashtextextended(%s, 0))", (*wanted, alone))
        else:
            run(_SET, wanted)
        setattr(connection, _OPEN, wanted)
        try:
            yield
        finally:
            setattr(connection, _OPEN, outer)
        if outer is not None and outer != wanted:
            run(_SET, outer)
