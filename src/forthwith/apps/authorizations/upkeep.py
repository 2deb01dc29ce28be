"""What comes due by itself: unanswered questions go back to reviewers, new files are looked at. Never decides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import puremagic
from django.db.models import Exists, OuterRef

from forthwith.apps.audit import actions as audit
from forthwith.apps.audit.actions import Happening
from forthwith.apps.identity.actors import Actor, rules_of
from forthwith.apps.letters import storage
from forthwith.domain.lifecycle import Act, move_for
from forthwith.domain.words import State

from .acting import carry_out, lines_of
from .models import Attachment, Authorization, InformationRequest

#: Looks at bytes: the name of what they carry, or None.
Look = Callable[[bytes], str | None]
ACCEPTED = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "text/plain": ".txt",
}


def return_unanswered(*, before: datetime, at: datetime, limit: int = 100) -> int:
    """Requests due before this moment whose office had the time it was promised: a reviewer decides on the record."""
    promised = InformationRequest.objects.filter(
        authorization=OuterRef("pk"), answered_at__isnull=True, reply_by__gt=at
    )
    waiting = (
        Authorization.objects.filter(state__in=(State.INFORMATION_REQUESTED, State.SENT_BACK), due_at__lt=before)
        .exclude(Exists(promised))
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("plan", "member", "organization")[:limit]
    )
    done = 0
    for row in waiting:
        row.information_requests.filter(answered_at__isnull=True).update(
            answered_at=at, answered_by_name="Nobody answered", answer=""
        )
        carry_out(row, move_for(Act.RETURN, State(row.state)), lines_of(row), by=rules_of(row.tenant_id), at=at)
        done += 1
    return done


@dataclass(frozen=True, slots=True)
class FileWaiting:
    """A new file that nobody may open before it was looked at."""

    id: UUID
    path: str
    sha256: str
    media_type: str

    def is_whole(self) -> bool:
        """Are the stored bytes those that were sent, of the type that was read from them?"""
        content = self.content()
        if content is None:
            return False
        return hashlib.sha256(content).hexdigest() == self.sha256 and media_type_of(content) == self.media_type

    def content(self) -> bytes | None:
        """The bytes in storage, or None."""
        return storage.read(self.path)


def files_waiting(*, limit: int = 20) -> list[FileWaiting]:
    """The files that were not looked at yet, oldest first."""
    rows = Attachment.objects.filter(scan="waiting").order_by("added_at", "id")[:limit]
    return [FileWaiting(row.id, row.path, row.sha256, row.media_type) for row in rows]


def record_scan(file_id: UUID, *, found: str | None, at: datetime) -> None:
    """What looking at a file showed: nothing (None), or the name of what it carries; once."""
    row = Attachment.objects.filter(id=file_id, scan="waiting").select_for_update(of=("self",)).first()
    if row is None:
        return
    row.scan = "clean" if found is None else "infected"
    row.save(update_fields=["scan"])
    if found is not None:
        facts = {"attachment_id": str(row.id), "sha256": row.sha256, "found": found[:200]}
        kind, subject = ("authorization", row.authorization_id) if row.authorization_id else ("draft", row.draft_id)
        happening = Happening(verb="file_refused", subject_type=kind, subject_id=subject, facts=facts)
        audit.record([happening], tenant_id=row.tenant_id, by=_scanner_of(row.tenant_id), at=at)


def scan_waiting(*, at: datetime, look: Look = lambda content: None, limit: int = 20) -> int:
    """Look at new files, all in the caller's transaction; for tests and loads. The worker takes them one by one."""
    waiting = files_waiting(limit=limit)
    for file in waiting:
        record_scan(file.id, found=judge(file, look), at=at)
    return len(waiting)


def judge(file: FileWaiting, look: Look) -> str | None:
    """The name of what is wrong with a file, or None. Only what is whole is shown to the scanner."""
    if not file.is_whole():
        return "not the bytes that were sent"
    return look(file.content() or b"")


def _scanner_of(tenant_id: UUID) -> Actor:
    return replace(rules_of(tenant_id), name="The check of new files")


def media_type_of(content: bytes) -> str | None:
    """The accepted type that these bytes are by content, or None."""
    try:
        found = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    if found in ACCEPTED and found != "text/plain":
        return found
    return "text/plain" if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text) and all(c.isprintable() or c in "\r\n\t\f" for c in text)
