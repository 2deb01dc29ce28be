"""A document of a case: only one that was scanned and found clean."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from forthwith.apps.authorizations import queries
from forthwith.apps.authorizations.actions import attach as files
from forthwith.apps.authorizations.asking import NotFound
from forthwith.interfaces.staff_desk.views.case import READERS, visible
from forthwith.interfaces.web.access import needs
from forthwith.interfaces.web.files import handed_out


@needs(*READERS)
def attachment(request: HttpRequest, number: str, id: UUID) -> HttpResponse:
    """The bytes of a document."""
    row = visible(request, number)
    try:
        found = queries.attachment(id, by=request.actor)  # type: ignore[attr-defined]
    except NotFound:
        raise Http404 from None
    content = files.content_of(found) if found.authorization_id == row.id else None
    if content is None:
        raise Http404
    return handed_out(content, media_type=found.media_type, name=found.name)
