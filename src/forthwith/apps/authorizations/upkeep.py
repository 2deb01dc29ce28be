"""What comes due by itself: unanswered questions go back to reviewers, new files are looked at. Never decides."""

from __future__ import annotations

import hashlib
from datetime import datetime

import puremagic
from django.core.files.storage import default_storage

from forthwith.apps.identity.actors import rules_of
from forthwith.domain.lifecycle import Act, move_for
from forthwith.domain.words import State

from .acting import carry_out, lines_of
from .models import Attachment, Authorization

ACCEPTED = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "text/plain": ".txt",
}


def return_unanswered(*, before: datetime, at: datetime, limit: int = 100) -> int:
    """Requests waiting for the office and due before this moment: a reviewer decides on the record."""
    waiting = (
        Authorization.objects.filter(state__in=(State.INFORMATION_REQUESTED, State.SENT_BACK), due_at__lt=before)
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


def scan_waiting(*, at: datetime, limit: int = 20) -> int:
    """Check stored bytes against their hash and type; only what is whole and of an accepted type may be served."""
    rows = Attachment.objects.filter(scan="waiting").select_for_update(skip_locked=True)[:limit]
    for row in rows:
        row.scan = "clean" if _is_whole(row) else "infected"
        row.save(update_fields=["scan"])
    return len(rows)


def _is_whole(row: Attachment) -> bool:
    if not default_storage.exists(row.path):
        return False
    with default_storage.open(row.path) as file:
        content = file.read()
    return hashlib.sha256(content).hexdigest() == row.sha256 and media_type_of(content) == row.media_type


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
