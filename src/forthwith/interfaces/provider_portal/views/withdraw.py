"""The office takes its request back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now

from forthwith.apps.authorizations import actions
from forthwith.domain.lifecycle import Act, allowed
from forthwith.domain.permissions import Permission
from forthwith.domain.words import State
from forthwith.interfaces.provider_portal import forms
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.presenters.authorization import page
from forthwith.interfaces.provider_portal.views.authorization import crumbs, visible
from forthwith.interfaces.web.forms import refusals_on


@office(Permission.REQUEST_WITHDRAW)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Ask why, then withdraw."""
    row, at = visible(request, number), now()
    if request.method != "POST" and Act.WITHDRAW not in allowed(State(row.state), request.actor.permissions):  # type: ignore[attr-defined]
        messages.info(request, "This request can’t be withdrawn any more.")
        return redirect("provider_portal:authorization", number=number)
    form = forms.Withdraw(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            actions.withdraw(number=number, reason=form.cleaned_data["reason"], by=request.actor, at=at)  # type: ignore[attr-defined]
            messages.success(request, "Withdrawn. The plan stops working on it.")
            return redirect("provider_portal:authorization", number=number)
    lines = list(row.lines.all())
    context = {"page": page(row, lines, [], at=at), "form": form, "crumbs": crumbs(row, "Withdraw")}
    return render(request, "provider_portal/withdraw.html", context)
