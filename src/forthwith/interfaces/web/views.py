"""Error pages: what happened, what is safe, what to do next. They never show what went wrong inside.

Not visible and not found are one answer, so that nobody learns of a record by asking.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from forthwith.interfaces.web import rail
from forthwith.interfaces.web.ids import request_id


@dataclass(frozen=True, slots=True)
class Problem:
    """One error page's words."""

    status: int
    title: str
    text: str
    icon: str = "triangle-alert"


BAD = Problem(
    400,
    "We couldn’t read that request",
    "Something in the address or the form was not as we expect it. Go back and try again.",
)
FORBIDDEN = Problem(
    403,
    "You can’t use this page",
    "Your role does not include it. Ask your administrator if you need it.",
    "lock",
)
CSRF = Problem(
    403,
    "This page had been open too long",
    "For safety we did not act on it. Go back, reload the page and try again. What you wrote is still on that page.",
    "timer",
)
MISSING = Problem(
    404,
    "We can’t find that page",
    "It may not exist, or it may belong to another practice or plan. Check the address or the number.",
    "search",
)
NO_PAGE = Problem(
    405,
    "There is no page at this address",
    "It only takes what a form sends. Nothing was changed. Go back to where the form was.",
    "search",
)
BROKEN = Problem(
    500,
    "Something went wrong on our side",
    "Nothing was half done: either your last step was saved whole, or not at all. Try again in a minute.",
)
AWAY = Problem(
    503,
    "We’ll be back in a moment",
    "Nothing was half done: either your last step was saved whole, or not at all. Try again in a few seconds.",
)
TOO_BIG = Problem(
    413,
    "That was more than we can take at once",
    "A form may hold 10 MB of text, and a document 25 MB. Nothing was saved. Send less, or in parts.",
)
TOO_MANY = Problem(
    429,
    "Too many attempts",
    "To protect your account we wait a little after several attempts. Try again in a few minutes.",
    "timer",
)


def page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a page inside the shell the person knows."""
    context = {"problem": problem, "trace": request_id(request)}
    return render(request, "web/problem.html", context, status=problem.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for a form that is too large"""
    return page(request, TOO_BIG if isinstance(exception, RequestDataTooBig) else BAD)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403"""
    return page(request, FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token does not fit."""
    return page(request, CSRF)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, for what is missing and what is not yours."""
    return page(request, MISSING)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is away; drawn without asking it anything."""
    problem = AWAY if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)) else BROKEN
    html = render_to_string("web/problem_plain.html", {"problem": problem, "trace": request_id(request)})
    response = HttpResponse(html, status=problem.status)
    if problem is AWAY:
        response["Retry-After"] = "5"
    return response


def start(request: HttpRequest) -> HttpResponse:
    """After signing in: the home page of the first door that is theirs."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return redirect("account_login")
    home = rail.home_for(actor)
    return redirect(home) if home else page(request, FORBIDDEN)
