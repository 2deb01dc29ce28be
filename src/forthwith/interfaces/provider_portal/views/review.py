"""The last step: read it once more, submit, and have an answer or a clock in the same moment.

The draft's own key is the request's: pressed twice, or sent again, the form leads to the same authorization.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now

from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.actions import attach
from forthwith.apps.authorizations.actions.drafts import DraftExpired
from forthwith.apps.authorizations.asking import AskRefused, KeyReused, Problem, Stale
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal import forms
from forthwith.interfaces.provider_portal.catalogue import offered
from forthwith.interfaces.provider_portal.drafting import asked_of
from forthwith.interfaces.provider_portal.presenters import questions as present
from forthwith.interfaces.provider_portal.presenters.attachments import file_row
from forthwith.interfaces.provider_portal.presenters.check import check as check_of
from forthwith.interfaces.provider_portal.presenters.check import problem_links
from forthwith.interfaces.provider_portal.presenters.lines import line_rows
from forthwith.interfaces.provider_portal.presenters.review import review_facts
from forthwith.interfaces.provider_portal.views import drafts
from forthwith.interfaces.provider_portal.views.questions import packages_of, visible_of


@drafts.step_view
def review(request: HttpRequest, draft: Any) -> HttpResponseBase:
    """The step as a page, and the submission."""
    if request.method == "POST":
        return _submit(request, draft)
    return _page(request, draft)


def _submit(request: HttpRequest, draft: Any) -> HttpResponseBase:
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    actor.need(Permission.REQUEST_SUBMIT)
    form = forms.Submit(request.POST)
    if not form.is_valid() or form.cleaned_data["key"] != str(draft.id):
        return _page(request, draft, refusal="This page was changed on its way. Reload it and submit again.")
    try:
        draft = drafts.save(request, draft, {**draft.document, "step": "review"})  # locks it against a second press
        answered = actions.submit(asked=asked_of(draft.document, key=str(draft.id)), by=actor, at=at)
    except ObjectDoesNotExist:
        return drafts.gone_or_taken(request, draft.id)
    except (Stale, DraftExpired, KeyReused) as refusal:
        draft.refresh_from_db()
        return _page(request, draft, refusal=str(refusal))
    except AskRefused as refusal:
        return _page(request, draft, problems=refusal.problems)
    attach.hand_over(draft_id=draft.id, authorization_id=answered.id, by=actor)
    actions.discard_draft(draft_id=draft.id, by=actor, at=at)
    messages.success(request, f"Request sent. Reference {answered.number}, given now.")
    return redirect("provider_portal:authorization", number=answered.number)


def _page(
    request: HttpRequest, draft: Any, *, refusal: str = "", problems: tuple[Problem, ...] | None = None
) -> HttpResponse:
    at: datetime = now()
    document = draft.document
    preview = drafts.looked(request, draft, document, at=at)
    context = drafts.context_of(request, draft, "review", at=at)
    check = check_of(preview, at=at)
    shown = problem_links(problems if problems is not None else (), draft)
    if refusal:
        shown.insert(0, {"text": refusal, "href": ""})
    context |= {
        "problems": shown, "lines": line_rows(document, preview, offered(request)), "check": check,
        "facts": review_facts(document, preview), "key": draft.id,
        "groups": present.groups(packages_of(preview), document["answers"], visible_of(preview), {}),
        "attachments": [file_row(one, drafts.zone_of(request)) for one in draft.attachments.all()],
        "submit_text": "Submit the request",
        **{f"{step}_href": reverse(f"provider_portal:{step}", args=[draft.id]) for step in ("services", "questions", "documents")},
    }  # fmt: skip
    return render(request, "provider_portal/review.html", context)
