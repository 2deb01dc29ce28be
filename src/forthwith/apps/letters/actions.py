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
from forthwith.apps.sql import Part, json_text, run_together
from forthwith.formats.pdf import TEMPLATE_VERSION

VISIBLE: Final = timedelta(days=731)  # two years on the portal, where the caller's settings say nothing

_COLUMNS = (
    "id, tenant_id, kind, audience, subject_type, subject_id, number, member_id, organization_id, language, "
    "content, content_hash, template_version, issued_at, visible_until"
)
_INSERT = (
    f"INSERT INTO letters_letter ({_COLUMNS}) SELECT {_COLUMNS} "
    "FROM jsonb_populate_recordset(NULL::letters_letter, %(letters)s::jsonb)"
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


@dataclass(frozen=True, slots=True)
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
    issued, part = issuing(letters, at=at)
    run_together(part)
    return issued


def issuing(letters: Sequence[LetterToIssue], *, at: datetime) -> tuple[tuple[IssuedLetter, ...], Part]:
    """What is issued, and the statement that stores it, for an act that sends its statements as one."""
    rows = [_row(letter, at) for letter in letters]
    issued = tuple(IssuedLetter(row["id"], row["kind"], row["audience"], row["content_hash"]) for row in rows)
    return issued, Part("letters_issued", _INSERT, {"letters": json_text(rows)})


def issue(letter: LetterToIssue, *, at: datetime) -> IssuedLetter:
    """Store one letter."""
    (issued,) = issue_many([letter], at=at)
    return issued


def _row(letter: LetterToIssue, at: datetime) -> dict[str, Any]:
    content = letter.content
    text = canonical(content)
    return {
        "id": new_key(), "tenant_id": letter.tenant_id, "kind": content["kind"], "audience": content["audience"],
        "subject_type": letter.subject_type, "subject_id": letter.subject_id, "number": content["number"],
        "member_id": letter.member_id, "organization_id": letter.organization_id, "language": content["language"],
        "content": msgspec.Raw(text), "content_hash": hashlib.sha256(text).hexdigest(),
        "template_version": TEMPLATE_VERSION, "issued_at": at, "visible_until": letter.visible_until or at + VISIBLE,
    }  # fmt: skip
