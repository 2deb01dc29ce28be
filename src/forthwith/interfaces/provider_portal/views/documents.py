"""The fourth step: documents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now

from forthwith.apps.authorizations.actions import attach
from forthwith.apps.authorizations.actions.drafts import DraftExpired
from forthwith.apps.authorizations.asking import Stale
from forthwith.interfaces.provider_portal import forms
from forthwith.interfaces.provider_portal.presenters.attachments import file_row
from forthwith.interfaces.provider_portal.presenters.check import check as check_of
from forthwith.interfaces.provider_portal.views import drafts
from forthwith.interfaces.web.forms import refusals_on


@drafts.step_view
def documents(request: HttpRequest, draft: Any) -> HttpResponseBase:
    """Attach, take out, go on."""
    act, _, value = request.POST.get("act", "").partition("=")
    if act == "attach":
        return _attach(request, draft)
    if act == "detach":
        return _detach(request, draft, value)
    if act in ("continue", "save"):
        return _go_on(request, draft, act)
    return _page(request, draft, forms.Upload())


def _attach(request: HttpRequest, draft: Any) -> HttpResponse:
    form = forms.Upload(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_on(form):
            attach.attach_to_draft(
                draft_id=draft.id, name=file.name, content=file.read(), by=request.actor, at=now()  # type: ignore[attr-defined]
            )  # fmt: skip
            return redirect("provider_portal:documents", id=draft.id)
    return _page(request, draft, form)


def _detach(request: HttpRequest, draft: Any, value: str) -> HttpResponse:
    try:
        key = UUID(value)
    except ValueError:
        return _page(request, draft, forms.Upload())
    attach.detach(draft_id=draft.id, attachment_id=key, by=request.actor, at=now())  # type: ignore[attr-defined]
    return redirect("provider_portal:documents", id=draft.id)


def _go_on(request: HttpRequest, draft: Any, act: str) -> HttpResponseBase:
    try:
        step = "review" if act == "continue" else "documents"
        saved = drafts.save(request, draft, {**draft.document, "step": step})
    except (Stale, DraftExpired) as refusal:
        messages.error(request, str(refusal))
        draft.refresh_from_db()
        return _page(request, draft, forms.Upload())
    if act == "save":
        return drafts.left(request, saved)
    return redirect("provider_portal:review", id=draft.id)


def _page(request: HttpRequest, draft: Any, form: forms.Upload) -> HttpResponse:
    at = now()
    zone = drafts.zone_of(request)
    preview = drafts.looked(request, draft, draft.document, at=at)
    context = drafts.context_of(request, draft, "documents", at=at) | {
        "attachments": [file_row(one, zone) for one in draft.attachments.all()], "may_remove": True,
        "upload": form, "upload_hint": forms.UPLOAD_HINT, "check": check_of(preview, at=at),
    }  # fmt: skip
    return render(request, "provider_portal/documents.html", context)
