"""Reading events: of one subject, and in commit order for readers."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from .models import Cursor, Event, Seal

HORIZON = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def of_subject(subject_id: UUID) -> QuerySet[Event]:
    """Everything that happened to a subject, oldest first."""
    return Event.objects.filter(subject_id=subject_id).order_by("position")


def last_seal(tenant_id: UUID) -> Seal | None:
    """The newest seal of the tenant's chain, or None."""
    return Seal.objects.filter(chain=str(tenant_id)).order_by("-number").first()


def after(transaction: int, position: int, *, limit: int) -> list[Event]:
    """Committed events after this place, in commit order: none that could still be overtaken."""
    return list(
        Event.objects.raw(
            "SELECT * FROM audit_event WHERE (transaction, position) > (%s, %s) "
            f"AND transaction < {HORIZON} ORDER BY transaction, position LIMIT %s",
            [transaction, position, limit],
        )
    )


def latest() -> tuple[int, int]:
    """The place of the newest event that can't be overtaken any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT transaction, position FROM audit_event WHERE transaction < {HORIZON} "
            "ORDER BY transaction DESC, position DESC LIMIT 1"
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else (0, 0)


def locked_cursor(reader: str) -> Cursor:
    """The reader's cursor, locked for this transaction; made when it is new."""
    Cursor.objects.bulk_create([Cursor(reader=reader)], ignore_conflicts=True)
    return Cursor.objects.select_for_update().get(pk=reader)
