"""Asking the office for information, or sending an incomplete request back to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from forthwith.apps.authorizations import actions
from forthwith.domain.permissions import Permission
from forthwith.interfaces.staff_desk.views.case import ask_form, open_lines, packages_of, show, visible
from forthwith.interfaces.web.access import needs
from forthwith.interfaces.web.forms import refusals_on


@needs(Permission.INFORMATION_ASK)
@require_POST
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask, or send back where that button was pressed."""
    row = visible(request, number)
    form = ask_form(open_lines(row), packages_of(row), request.POST)
    sends_back = request.POST.get("act") == "send_back"
    if form.is_valid():
        act = actions.send_back if sends_back else actions.ask_for_information
        given = form.cleaned_data
        with refusals_on(form):
            act(
                number=number, questions=given["missing"], message=given["message"], by=request.actor,  # type: ignore[attr-defined]
                at=now(), version=given["version"],
            )  # fmt: skip
            messages.success(request, "Sent back to the office." if sends_back else "The office has your question.")
            return redirect("staff_desk:case", number=number)
    return show(request, visible(request, number), ask=form)
