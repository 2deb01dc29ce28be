"""The office answers what the reviewer asked, in words and with a document."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now

from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.actions import attach as files
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal import forms
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.presenters.authorization import page
from forthwith.interfaces.provider_portal.presenters.waiting import open_question, question
from forthwith.interfaces.provider_portal.views.authorization import crumbs, visible
from forthwith.interfaces.web.forms import refusals_on

ANSWERED = (
    "Nothing waits for an answer any more: somebody answered, or the plan decided. What you wrote is still below."
)


@office(Permission.INFORMATION_ANSWER)
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Show what is asked; send the answer."""
    row, at = visible(request, number), now()
    asked = open_question(row)
    if asked is None and request.method != "POST":
        messages.info(request, "Nothing waits for an answer here.")
        return redirect("provider_portal:authorization", number=number)
    form = forms.Answer(request.POST or None, request.FILES or None)
    if asked is None:
        form.add_error(None, ANSWERED)
    elif form.is_valid():
        with refusals_on(form):
            _send(request, number, form)
            messages.success(request, "Your answer is with the reviewer.")
            return redirect("provider_portal:authorization", number=number)
    context = {
        "page": page(row, list(row.lines.all()), [], at=at), "form": form, "crumbs": crumbs(row, "Answer"),
        "asked": question(row, asked, at=at) if asked else None, "upload_hint": forms.UPLOAD_HINT,
    }  # fmt: skip
    return render(request, "provider_portal/answer.html", context)


def _send(request: HttpRequest, number: str, form: forms.Answer) -> None:
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    file = form.cleaned_data["file"]
    if file is not None:
        files.attach(number=number, name=file.name, content=file.read(), by=actor, at=at)
    actions.answer_information(number=number, answer=form.cleaned_data["answer"], by=actor, at=at)
