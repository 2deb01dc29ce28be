"""Taking the extension that a rule gives, for one of its reasons."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from forthwith.apps.authorizations import actions
from forthwith.domain.permissions import Permission
from forthwith.interfaces.staff_desk.views.case import extend_form, offered_extension, open_lines, show, visible
from forthwith.interfaces.web.access import needs
from forthwith.interfaces.web.forms import refusals_on


@needs(Permission.EXTENSION_TAKE)
@require_POST
def extend(request: HttpRequest, number: str) -> HttpResponse:
    """Extend, and tell the member why."""
    row, at = visible(request, number), now()
    offered = offered_extension(row, open_lines(row), at)
    if offered is None:
        return show(request, row, refused="No rule gives more time for this request.")
    form = extend_form(offered, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):
            actions.extend(
                number=number, reason=given["reason"], words=given["words"], by=request.actor, at=at,  # type: ignore[attr-defined]
                version=given["version"],
            )  # fmt: skip
            messages.success(request, "Extended. The letter that says why is written.")
            return redirect("staff_desk:case", number=number)
    return show(request, visible(request, number), extend=form)
