"""From stored content to PDF: on the first download, or by the job, whichever comes first.

Identical content gives identical bytes, so two renderings at once do no harm. What was
rendered is recorded once; afterwards every reading is checked against it. The caller has
already asked `queries.visible_to`, or is the job.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from forthwith.formats import pdf

from . import storage
from .actions import content_hash
from .models import Letter

log = logging.getLogger(__name__)


class LetterDamaged(Exception):
    """This letter is not what was issued: its content or its file was changed outside the product."""


def pdf_of(letter_id: UUID, *, at: datetime) -> tuple[bytes, str]:
    """The letter's PDF and a file name for it; renders and records it the first time (`at`: rendered now).

    Raises Letter.DoesNotExist, and LetterDamaged where content or file differ from their hashes.
    """
    letter = Letter.objects.get(id=letter_id)
    if letter.rendered_hash is None:
        return _render(letter, at=at), letter.filename
    stored = storage.read(_name(letter))
    if stored is None:  # a file lost, as after restoring a database alone: made again, and held to its hash
        stored = _printed(letter)
        _check(letter, stored)
        storage.write(_name(letter), stored)
    else:
        _check(letter, stored)
    return stored, letter.filename


def large_print_of(letter_id: UUID) -> tuple[bytes, str]:
    """The same letter at 18 points; made on demand, not kept."""
    letter = Letter.objects.get(id=letter_id)
    return _printed(letter, points=pdf.LARGE_PRINT), letter.filename.replace(".pdf", "-large-print.pdf")


def render_waiting(*, limit: int, at: datetime) -> int:
    """Render up to `limit` letters that have no PDF yet, oldest first; how many were rendered.

    Sees the tenants of the scope that the caller opened. Letters that somebody else is rendering are
    skipped; one that cannot be set is logged, stays waiting, and does not hold up the others.
    """
    rendered, unprintable = 0, []
    with transaction.atomic():
        while rendered < limit:
            waiting = Letter.objects.filter(rendered_at__isnull=True).exclude(id__in=unprintable)
            locked = waiting.order_by("issued_at", "id").select_for_update(skip_locked=True, of=("self",))
            letters = list(locked[: limit - rendered])
            for letter in letters:
                try:
                    _render(letter, at=at)
                    rendered += 1
                except (LetterDamaged, pdf.LetterUnprintable):
                    log.exception("letter %s cannot be rendered", letter.id)
                    unprintable.append(letter.id)
            if not unprintable or not letters:
                break
    return rendered


def _render(letter: Letter, *, at: datetime) -> bytes:
    printed = _printed(letter)
    storage.write(_name(letter), printed)
    digest = hashlib.sha256(printed).hexdigest()
    Letter.objects.filter(id=letter.id, rendered_hash__isnull=True).update(
        rendered_hash=digest, rendered_at=at, size=len(printed)
    )
    return printed


def _printed(letter: Letter, *, points: float = pdf.STANDARD_PRINT) -> bytes:
    if content_hash(letter.content) != letter.content_hash:
        raise LetterDamaged(f"letter {letter.id} ({letter.number}): its content does not match its hash")
    return pdf.render(letter.content, points=points)


def _check(letter: Letter, printed: bytes) -> None:
    found = hashlib.sha256(printed).hexdigest()
    if found != letter.rendered_hash:
        raise LetterDamaged(
            f"letter {letter.id} ({letter.number}): its PDF has hash {found}, recorded was {letter.rendered_hash}"
        )


def _name(letter: Letter) -> str:
    return f"letters/{letter.tenant_id}/{letter.id}.pdf"
