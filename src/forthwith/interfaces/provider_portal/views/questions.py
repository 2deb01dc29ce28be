"""The third step: clinical questions, shown only as needed, with the criteria as they stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now

from forthwith.apps.authorizations.actions.drafts import DraftExpired
from forthwith.apps.authorizations.asking import Stale
from forthwith.apps.authorizations.previewing import Preview
from forthwith.domain.criteria import FactType, Package, Question
from forthwith.interfaces.provider_portal import forms
from forthwith.interfaces.provider_portal.drafting import Document
from forthwith.interfaces.provider_portal.presenters import questions as present
from forthwith.interfaces.provider_portal.presenters.check import check as check_of
from forthwith.interfaces.provider_portal.views import drafts
from forthwith.interfaces.web.presenting.dates import local_date

Errors = Mapping[str, Mapping[str, str]]


@drafts.step_view
def questions(request: HttpRequest, draft: Any) -> HttpResponseBase:
    """The step as a page; each button saves first."""
    at = now()
    if request.method != "POST":
        preview = drafts.looked(request, draft, draft.document, at=at)
        return _page(request, draft, dict(draft.document), preview, {}, at)
    preview = drafts.looked(request, draft, draft.document, at=at)
    document = _read(request, draft.document, packages_of(preview))
    if drafts.wants_json(request):
        return drafts.autosaved(request, draft, document)
    act = request.POST.get("act", "continue")
    document["step"] = "documents" if act == "continue" else "questions"
    try:
        draft = drafts.save(request, draft, document)
    except (Stale, DraftExpired) as refusal:
        draft.refresh_from_db()
        return _page(request, draft, document, preview, {}, at, refusal=str(refusal))
    if act == "save":
        return drafts.left(request, draft)
    errors = errors_of(document, packages_of(preview), at, preview.zone)
    if any(errors.values()) or act == "enter":
        return _page(request, draft, document, drafts.looked(request, draft, document, at=at), errors, at)
    return redirect("provider_portal:documents", id=draft.id)


@drafts.step_view
def ask(request: HttpRequest, draft: Any) -> HttpResponseBase:
    """Which questions show and how the criteria stand with what the form says now; nothing is saved.

    While the same questions show, only the panel beside them is exchanged, so that nobody is disturbed in writing.
    """
    at = now()
    preview = drafts.looked(request, draft, draft.document, at=at)
    document = _read(request, draft.document, packages_of(preview))
    preview = drafts.looked(request, draft, document, at=at)
    context = _context(document, preview, errors_of(document, packages_of(preview), at, preview.zone), at)
    response = render(request, "provider_portal/parts/ask.html", context)
    if request.POST.get("shown") == context["shown"]:
        response["HX-Reswap"] = "none"
    return response


def packages_of(preview: Preview) -> list[Package]:
    """The packages that the lines are held against, each once."""
    return list({line.package.key: line.package for line in preview.lines if line.package}.values())


def visible_of(preview: Preview) -> dict[str, tuple[Question, ...]]:
    """The questions to show for each package: those that any of its lines needs."""
    visible: dict[str, tuple[Question, ...]] = {}
    for package in packages_of(preview):
        keys = {one.key for line in preview.lines if line.package is package for one in line.questions}
        visible[package.key] = tuple(one for one in package.questions if one.key in keys)
    return visible


def errors_of(document: Document, packages: list[Package], at: datetime, zone: str) -> Errors:
    """What is wrong with the answers as typed, by package and question."""
    today = local_date(at, zone)
    return {one.key: one.read_answers(document["answers"].get(one.key, {}), today=today)[1] for one in packages}


def _read(request: HttpRequest, before: Document, packages: list[Package]) -> Document:
    raw = present.read_raw(drafts.typed(request), packages)
    words = drafts.typed(request).get("clinical_reason", "")[:4000]
    return {**before, "answers": {**before.get("answers", {}), **raw}, "clinical_reason": words}


def _context(document: Document, preview: Preview, errors: Errors, at: datetime) -> dict[str, Any]:
    visible = visible_of(preview)
    shown = " ".join(f"{package}.{one.key}" for package, asked in visible.items() for one in asked)
    groups = present.groups(packages_of(preview), document["answers"], visible, errors)
    return {"groups": groups, "shown": shown, "check": check_of(preview, at=at)}


def _page(
    request: HttpRequest, draft: Any, document: Document, preview: Preview, errors: Errors, at: datetime,
    *, refusal: str = "",
) -> HttpResponse:  # fmt: skip
    context = drafts.context_of(request, draft, "questions", at=at) | _context(document, preview, errors, at)
    problems = [
        {"id": asked.id, "text": asked.error} for group in context["groups"] for asked in group.questions if asked.error
    ]
    if refusal:
        problems.insert(0, {"id": "", "text": refusal})
    number = sum(len(group.questions) for group in context["groups"])
    context |= {
        "problems": problems, "has_errors": bool(problems), "lead": _lead(number, packages_of(preview)),
        "form": forms.Words(initial={"clinical_reason": document.get("clinical_reason", "")}),
        "asks_words": bool(document.get("clinical_reason")) or not _has_free_text(preview),
    }  # fmt: skip
    return render(request, "provider_portal/questions.html", context)


def _has_free_text(preview: Preview) -> bool:
    """Does a package already ask for the office's own words? Then they are not asked for twice."""
    return any(one.type is FactType.TEXT for asked in visible_of(preview).values() for one in asked)


def _lead(number: int, packages: list[Package]) -> str:
    if not number:
        return "Nothing to answer here. Say in your own words why the care is needed."
    sources = ", ".join(dict.fromkeys(present.cite(one) for one in packages))
    plural = "question" if number == 1 else "questions"
    return f"{number} {plural}, drawn from published criteria ({sources}). Answer what you know; a reviewer can work with the rest."
