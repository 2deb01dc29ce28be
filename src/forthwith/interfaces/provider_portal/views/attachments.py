"""Documents of a request: add one, open one that was found clean."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from forthwith.apps.authorizations import queries
from forthwith.apps.authorizations.actions import attach as files
from forthwith.apps.authorizations.asking import NotFound
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal import forms
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.views.authorization import show, visible
from forthwith.interfaces.web.files import handed_out
from forthwith.interfaces.web.forms import refusals_on


@office(Permission.INFORMATION_ANSWER)
@require_POST
def attach(request: HttpRequest, number: str) -> HttpResponse:
    """Add a document."""
    row = visible(request, number)
    form = forms.Upload(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_on(form):
            files.attach(number=number, name=file.name, content=file.read(), by=request.actor, at=now())  # type: ignore[attr-defined]
            messages.success(request, f"{file.name} is with the request.")
            return redirect("provider_portal:authorization", number=number)
    return show(request, row, upload=form)


@office(Permission.REQUEST_READ)
def attachment(request: HttpRequest, number: str, id: UUID) -> HttpResponse:
    """The bytes of a document, never one that is not known to be clean."""
    row = visible(request, number)
    try:
        found = queries.attachment(id, by=request.actor)  # type: ignore[attr-defined]
    except NotFound:
        raise Http404 from None
    content = files.content_of(found) if found.authorization_id == row.id else None
    if content is None:
        raise Http404
    return handed_out(content, media_type=found.media_type, name=found.name)
