"""Who may use a view: each names the permission that it needs, or says that it is public; `tests/house` reads it there.

A stranger is sent to sign in and comes back; a person without the permission is told so. What must not enter: rows
that one may see (queries take the actor).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from forthwith.domain.permissions import Permission
from forthwith.interfaces.web.session import PASSIVE

View = Callable[..., HttpResponseBase]


def needs(*permissions: Permission) -> Callable[[View], View]:
    """The view is for signed-in people of this portal who hold any of these permissions."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in(request)
            actor = request.actor  # type: ignore[attr-defined]
            if actor is None or not actor.permissions.intersection(permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return mark


def public(view: View) -> View:
    """The view tells nothing about anybody but whoever asks: signing in, staying signed in, being alive."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    opened.permissions = ()  # type: ignore[attr-defined]
    opened.is_public = True  # type: ignore[attr-defined]
    return opened


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    over = getattr(request, "session_is_over", False)
    login = f"{resolve_url('account_login')}{'?over=1' if over else ''}"
    if PASSIVE in request.headers and request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": login})
    if request.headers.get("HX-Request") or "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(status=401)  # the page says so and keeps what is being written on it
    return redirect_to_login(_back_to(request), login)


def _back_to(request: HttpRequest) -> str:
    """Where to go on after signing in: this page, or the page that a form stood on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return resolve_url("start")
    return f"/{came_from.partition('://')[2].partition('/')[2]}"
