"""Files of a request or a draft as rows. A file that is not known to be clean has no link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from forthwith.interfaces.provider_portal.presenters.authorization import file_size, short_on

SCANS = {"waiting": "being checked for viruses", "infected": "held back: the check found something harmful"}


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file in a list."""

    id: str
    name: str
    sub: str
    href: str


def file_row(attachment: Any, zone: str, *, number: str = "") -> FileRow:
    """The file; `number` names the request whose page links it."""
    clean = attachment.scan == "clean"
    parts = [short_on(attachment.added_at, zone), file_size(attachment.size), SCANS.get(attachment.scan, "")]
    return FileRow(
        id=str(attachment.id),
        name=attachment.name,
        sub=", ".join(part for part in parts if part),
        href=reverse("provider_portal:attachment", args=[number, attachment.id]) if clean and number else "",
    )
