"""The worklist: open requests, soonest due first, in views and with filters; a number in the search opens its case."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now

from forthwith.apps.authorizations import queries
from forthwith.apps.review import queries as review
from forthwith.domain.numbers import read_number
from forthwith.domain.permissions import Permission
from forthwith.interfaces.staff_desk.counting import count
from forthwith.interfaces.staff_desk.presenters import filters
from forthwith.interfaces.staff_desk.presenters.rows import row
from forthwith.interfaces.web.access import needs
from forthwith.interfaces.web.pages import page_of


@needs(Permission.WORKLIST_READ)
def worklist(request: HttpRequest) -> HttpResponse:
    """A view of the worklist."""
    actor = request.actor  # type: ignore[attr-defined]
    text = request.GET.get("q", "").strip()[:40]
    number = read_number(text) if text else None
    known = queries.number_of(number, by=actor) if number else None
    if known:
        return redirect("staff_desk:case", number=known)
    return _page(request, filters.read_view(request.GET.get("view", "")), text)


@needs(Permission.CASE_TAKE)
def mine(request: HttpRequest) -> HttpResponse:
    """The cases that are with this person."""
    return _page(request, "mine", "")


def _page(request: HttpRequest, view: str, text: str) -> HttpResponse:
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    chosen = filters.read_filters(request.GET.getlist("only"))
    rows = review.worklist(actor, view=view, at=at, filters=chosen).prefetch_related("lines")
    page = page_of(request, rows)
    shown = [row(one, actor=actor, at=at) for one in page.rows]
    whole = count(actor, view, chosen).text if page.has_other_pages else str(len(shown))
    context: dict[str, Any] = {
        "page": page, "rows": shown, "tabs": filters.tabs(actor, view), "filters": filters.links(view, chosen),
        "heading": filters.title_of(view), "lead": _lead(shown, page, whole), "view": view, "only": sorted(chosen),
        "may_take": actor.may(Permission.CASE_TAKE) and view != "notices", "search_text": text,
        "live": " ".join(str(one.id) for one in page.rows),
    }  # fmt: skip
    return render(request, "staff_desk/worklist.html", context)


def _lead(shown: list[Any], page: Any, whole: str) -> str:
    late = sum(one.clock is not None and one.clock.tone == "late" for one in shown)
    soon = sum(one.clock is not None and one.clock.tone == "soon" for one in shown)
    if not shown:
        return "Nothing is open here."
    where = " on this page" if page.has_other_pages else ""
    said = f"{soon or 'none'} due soon, {late or 'none'} late{where}"
    return f"{whole} here. {said[0].upper()}{said[1:]}. Soonest due first."
