"""Handing out a file: bytes that somebody else made, which a browser must not run, guess at or share.

Pictures open in the page's place; everything else is saved. The policy takes away scripts, forms and our origin, so
that a file that is more than it seems can do nothing.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

INLINE = ("image/png", "image/jpeg")
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def handed_out(content: bytes, *, media_type: str, name: str) -> HttpResponse:
    """The file under its own name."""
    disposition = content_disposition_header(media_type not in INLINE, name)
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": disposition or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
