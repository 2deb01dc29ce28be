"""Recommending to a physician: decides nothing, and gives the case back to the worklist."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from forthwith.apps.review import actions
from forthwith.domain.permissions import Permission
from forthwith.interfaces.staff_desk import forms
from forthwith.interfaces.staff_desk.views.case import open_lines, show, visible
from forthwith.interfaces.web.access import needs
from forthwith.interfaces.web.forms import refusals_on


@needs(Permission.RECOMMENDATION_MAKE)
@require_POST
def recommend(request: HttpRequest, number: str) -> HttpResponse:
    """Recommend for the lines for which something was chosen."""
    form = forms.Recommend(request.POST, lines=open_lines(visible(request, number)))
    if form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):
            actions.recommend(
                number=number, outcomes=form.outcomes(), note=given["note"], by=request.actor, at=now(),  # type: ignore[attr-defined]
                version=given["version"],
            )  # fmt: skip
            messages.success(request, "Recommended. The case is in the medical director’s queue.")
            return redirect("staff_desk:case", number=number)
    return show(request, visible(request, number), recommend=form)
