"""Issuing letters: content and hash are stored in the caller's transaction, which also audits the act.

Rendering is another matter (`rendering`): nobody who decides waits for a typesetter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from forthwith.apps.keys import new_key
from forthwith.apps.sql import run
from forthwith.formats.pdf import TEMPLATE_VERSION

VISIBLE: Final = timedelta(days=731)  # two years on the portal, where the caller's settings say nothing

_COLUMNS = (
    "id, tenant_id, kind, audience, subject_type, subject_id, number, member_id, organization_id, language, "
    "content, content_hash, template_version, issued_at, visible_until"
)
_ROW = (
    "(%s::uuid, %s::uuid, %s::text, %s::text, %s::text, %s::uuid, %s::text, %s::uuid, %s::uuid, %s::text, "
    "%s::jsonb, %s::text, %s::text, %s::timestamptz, %s::timestamptz)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterToIssue:
    """A composed notice, its subject and who may see it. `content` comes from `domain.notices.compose`."""

    tenant_id: UUID
    subject_type: str
    subject_id: UUID
    content: Mapping[str, Any]
    organization_id: UUID | None = None
    member_id: UUID | None = None
    visible_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLetter:
    """What the caller records in the audit."""

    id: UUID
    kind: str
    audience: str
    content_hash: str


def canonical(content: Mapping[str, Any]) -> bytes:
    """The content as the one JSON text that is hashed: sorted keys, no spaces, UTF-8."""
    return msgspec.json.encode(content, order="sorted")


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical(content)).hexdigest()


def issue_many(letters: Sequence[LetterToIssue], *, at: datetime) -> tuple[IssuedLetter, ...]:
    """Store these letters by one INSERT statement, in the caller's transaction; in the order given."""
    if not letters:
        return ()
    issued, values = [], []
    for letter in letters:
        one, row = _row(letter, at)
        issued.append(one)
        values.extend(row)
    run(
        f"INSERT INTO letters_letter ({_COLUMNS}) VALUES {', '.join([_ROW] * len(letters))}",
        values,
    )
    return tuple(issued)


def issue(letter: LetterToIssue, *, at: datetime) -> IssuedLetter:
    """Store one letter."""
    (issued,) = issue_many([letter], at=at)
    return issued


def _row(letter: LetterToIssue, at: datetime) -> tuple[IssuedLetter, list[object]]:
    content = letter.content
    text = canonical(content)
    digest = hashlib.sha256(text).hexdigest()
    issued = IssuedLetter(
        id=new_key(),
        kind=content["kind"],
        audience=content["audience"],
        content_hash=digest,
    )
    return issued, [
        issued.id, letter.tenant_id, issued.kind, issued.audience, letter.subject_type, letter.subject_id,
        content["number"], letter.member_id, letter.organization_id, content["language"], text.decode(), digest,
        TEMPLATE_VERSION, at, letter.visible_until or at + VISIBLE,
    ]  # fmt: skip
