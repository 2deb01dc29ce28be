"""Signing a decision. What is not lawful is refused below, in the domain's own words, and nothing is stored."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.actions.determine import DecisionInvalid
from forthwith.domain.permissions import Permission
from forthwith.interfaces.staff_desk import forms
from forthwith.interfaces.staff_desk.views.case import decide_form, open_lines, show, visible
from forthwith.interfaces.web.access import needs
from forthwith.interfaces.web.forms import refusals_on


@needs(Permission.APPROVAL_MAKE, Permission.DETERMINATION_MAKE, Permission.ADMINISTRATIVE_DENIAL_MAKE)
@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Decide the lines for which something was chosen."""
    form = decide_form(request.actor, open_lines(visible(request, number)), request.POST)  # type: ignore[attr-defined]
    if form.is_valid():
        with refusals_on(form):
            _sign(request, number, form)
        if not form.errors:
            return redirect("staff_desk:case", number=number)
    return show(request, visible(request, number), decide=form)


def _sign(request: HttpRequest, number: str, form: forms.Decide) -> None:
    actor = request.actor  # type: ignore[attr-defined]
    try:
        row = actions.determine(
            number=number, decisions=form.decisions(), by=actor, at=now(), version=form.cleaned_data["version"]
        )
    except DecisionInvalid as refusal:
        field = f"{refusal.field}_{refusal.sequence}"
        form.add_error(field if field in form.fields else None, str(refusal))
        return
    rest = f" {row.open_lines} more to decide." if row.open_lines else " The letters are written."
    messages.success(request, f"Signed: {row.status}.{rest}")
