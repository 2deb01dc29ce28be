"""Recording that somebody was told of the decision."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from forthwith.apps.authorizations import actions
from forthwith.domain.permissions import Permission
from forthwith.interfaces.staff_desk.views.case import notice_form, show, visible
from forthwith.interfaces.web.access import needs
from forthwith.interfaces.web.forms import refusals_on


@needs(Permission.NOTICE_RECORD)
@require_POST
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """Record one notice."""
    form = notice_form(visible(request, number), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):
            actions.record_notice(
                number=number, recipient=given["recipient"], means=given["means"], by=request.actor, at=now(),  # type: ignore[attr-defined]
                version=given["version"],
            )  # fmt: skip
            messages.success(request, "Recorded.")
            return redirect("staff_desk:case", number=number)
    return show(request, visible(request, number), notice=form)
