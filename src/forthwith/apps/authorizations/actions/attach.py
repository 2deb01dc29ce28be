"""Files of a draft or a request: the bytes lie in storage, on the disk before the row says so.

The type is read from the bytes, never from the name. A new file waits for the virus scan; until it is found clean
nobody can open it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import puremagic

from forthwith.apps.audit import actions as audit
from forthwith.apps.audit.actions import Happening
from forthwith.apps.identity.actors import Actor
from forthwith.apps.keys import new_key
from forthwith.apps.letters import storage
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.lifecycle import Act, move_for
from forthwith.domain.permissions import Permission
from forthwith.domain.words import State

from .. import queries
from ..acting import locked, record
from ..models import Attachment

LIMIT = 25 * 1024 * 1024
MOST = 20
TYPES = ("application/pdf", "image/tiff", "image/jpeg", "image/png")


class FileRefused(Exception):
    """We can't take this file."""

    field = "file"


def attach_to_draft(*, draft_id: UUID, name: str, content: bytes, by: Actor, at: datetime) -> Attachment:
    """Keep a file with a draft; raises NotFound, PermissionMissing, FileRefused."""
    by.need(Permission.REQUEST_DRAFT)
    with scoped(by.tenants):
        draft = queries.draft(draft_id, by=by)
        _not_too_many(Attachment.objects.filter(draft=draft).count())
        row = _stored(name, content, by=by, at=at, organization_id=draft.organization_id, draft=draft)
        _record(row, "draft", draft.id, "", by=by, at=at)
        return row


def attach(*, number: str, name: str, content: bytes, by: Actor, at: datetime) -> Attachment:
    """Add a file to an open request; raises NotFound, PermissionMissing, MoveRefused, FileRefused."""
    by.need(Permission.INFORMATION_ANSWER)
    with scoped(by.tenants):
        authorization = locked(number, by=by)
        move_for(Act.WITHDRAW, State(authorization.state))  # open: what can be withdrawn can be added to
        _not_too_many(authorization.attachments.count())
        row = _stored(
            name, content, by=by, at=at, organization_id=authorization.organization_id, authorization=authorization
        )
        record(authorization, "attached", by=by, at=at, facts=_facts(row))
        return row


def detach(*, draft_id: UUID, attachment_id: UUID, by: Actor, at: datetime) -> None:
    """Take a file out of a draft; raises NotFound. Its bytes are left for the cleaning of storage."""
    by.need(Permission.REQUEST_DRAFT)
    with scoped(by.tenants):
        draft = queries.draft(draft_id, by=by)
        Attachment.objects.filter(draft=draft, id=attachment_id, authorization__isnull=True).update(draft=None)


def hand_over(*, draft_id: UUID, authorization_id: UUID, by: Actor) -> None:
    """The draft's files become the request's, in the transaction that submits it."""
    with scoped(by.tenants):
        Attachment.objects.filter(draft_id=draft_id).update(authorization_id=authorization_id, draft=None)


def attach_submitted(
    *, authorization_id: UUID, files: Sequence[tuple[str, bytes]], by: Actor, at: datetime
) -> list[str]:
    """Keep what came with a request, in the transaction that submits it; return why some were not kept."""
    refused = []
    with scoped(by.tenants):
        authorization = queries.visible_to(by).get(id=authorization_id)
        for place, (name, content) in enumerate(files):
            try:
                _not_too_many(place)
                row = _stored(
                    name, content, by=by, at=at, organization_id=authorization.organization_id,
                    authorization=authorization,
                )  # fmt: skip
            except FileRefused as refusal:
                refused.append(f"{safe_name(name)}: {refusal}")
                continue
            record(authorization, "attached", by=by, at=at, facts=_facts(row))
    return refused


def read_type(content: bytes) -> str:
    """The media type that the bytes show; raises FileRefused where it is none that a reviewer can open."""
    try:
        found = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    if found not in TYPES:
        raise FileRefused("This is not a PDF, TIFF, JPG or PNG file. Send the pages as PDF or photos.")
    return str(found)


def _stored(name: str, content: bytes, *, by: Actor, at: datetime, **owner: Any) -> Attachment:
    if not content:
        raise FileRefused("The file is empty. Choose another.")
    if len(content) > LIMIT:
        raise FileRefused(f"The file is {len(content) // 1_048_576} MB; the limit is 25 MB.")
    media_type, key = read_type(content), new_key()
    path = f"attachments/{by.tenant_id}/{key}"
    storage.write(path, content)
    return Attachment.objects.create(
        id=key, tenant_id=by.tenant_id, name=safe_name(name), media_type=media_type, size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), path=path, scan="waiting", added_by_name=by.name, added_at=at,
        **owner,
    )  # fmt: skip


def safe_name(name: str) -> str:
    """The file's own name without folders or characters that cannot be shown."""
    last = re.split(r"[\\/]", name)[-1]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return shown[-160:] or "document"


def _not_too_many(count: int) -> None:
    if count >= MOST:
        raise FileRefused(f"A request holds at most {MOST} files. Put pages together into one PDF.")


def _facts(row: Attachment) -> dict[str, Any]:
    return {"attachment_id": str(row.id), "sha256": row.sha256, "size": row.size, "media_type": row.media_type}


def _record(row: Attachment, kind: str, subject_id: UUID, number: str, *, by: Actor, at: datetime) -> None:
    happening = Happening(
        verb="attached", subject_type=kind, subject_id=subject_id, subject_number=number, facts=_facts(row)
    )
    audit.record([happening], tenant_id=row.tenant_id, by=by, at=at)


def content_of(row: Attachment) -> bytes | None:
    """The bytes of a file that was found clean; None for any other, and where they are no longer what was sent."""
    if row.scan != "clean":
        return None
    content = storage.read(row.path)
    if content is None or hashlib.sha256(content).hexdigest() != row.sha256:
        return None
    return content
