"""Handing a letter out: its PDF, and in the same transaction the record of who took it."""

from __future__ import annotations

from datetime import datetime

from forthwith.apps.audit import actions as audit
from forthwith.apps.audit.actions import Happening
from forthwith.apps.identity.actors import Actor

from . import rendering
from .models import Letter


def download(letter: Letter, *, by: Actor, at: datetime, in_large_print: bool = False) -> tuple[bytes, str]:
    """The PDF and a file name for it; the caller has found the letter by `queries.visible_to`."""
    printed = rendering.large_print_of(letter.id) if in_large_print else rendering.pdf_of(letter.id, at=at)
    facts = {"kind": letter.kind, "audience": letter.audience, "content_hash": letter.content_hash}
    if in_large_print:
        facts["print"] = "large"
    happening = Happening(
        verb="letter_downloaded", subject_type="letter", subject_id=letter.id, subject_number=letter.number, facts=facts
    )
    audit.record([happening], tenant_id=letter.tenant_id, by=by, at=at)
    return printed
