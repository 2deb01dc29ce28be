"""Writing what happened, in the caller's transaction, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from forthwith.apps.keys import new_key
from forthwith.apps.sql import Part, json_text, run_together


class Doer(Protocol):
    """Who did it, as far as the audit cares; identity's Actor fits."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def portal(self) -> str: ...
    @property
    def on_behalf_of(self) -> str: ...
    @property
    def purpose(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened, to be recorded."""

    verb: str
    subject_type: str
    subject_id: UUID | None = None
    subject_number: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


_COLUMNS = (
    "id, tenant_id, at, verb, actor_id, actor_name, actor_kind, on_behalf_of, portal, purpose, "
    "subject_type, subject_id, subject_number, facts"
)
_INSERT = (
    f"INSERT INTO audit_event ({_COLUMNS}) SELECT {_COLUMNS} "
    "FROM jsonb_populate_recordset(NULL::audit_event, %(events)s::jsonb)"
)


def record(happenings: Sequence[Happening], *, tenant_id: UUID | None, by: Doer, at: datetime) -> None:
    """Append these events to the tenant's chain (None: the platform's)."""
    run_together(recording(happenings, tenant_id=tenant_id, by=by, at=at))


def recording(happenings: Sequence[Happening], *, tenant_id: UUID | None, by: Doer, at: datetime) -> Part:
    """The statement that appends these events, for an act that sends its statements as one."""
    rows = [_row(happening, tenant_id, by, at) for happening in happenings]
    return Part("audit_events", _INSERT, {"events": json_text(rows)})


def _row(happening: Happening, tenant_id: UUID | None, by: Doer, at: datetime) -> dict[str, Any]:
    return {
        "id": new_key(),
        "tenant_id": tenant_id,
        "at": at,
        "verb": happening.verb,
        "actor_id": by.id,
        "actor_name": by.name,
        "actor_kind": by.kind,
        "on_behalf_of": by.on_behalf_of,
        "portal": by.portal,
        "purpose": by.purpose,
        "subject_type": happening.subject_type,
        "subject_id": happening.subject_id,
        "subject_number": happening.subject_number,
        "facts": happening.facts,
    }
