"""The portal is the offices' side of the counter: staff of the plan are sent to their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from forthwith.domain.permissions import Permission
from forthwith.interfaces.web.access import View, needs


def office(*permissions: Permission) -> Callable[[View], View]:
    """The view is for people of an office who hold any of these permissions."""

    def mark(view: View) -> View:
        @needs(*permissions)
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.actor.is_staff:  # type: ignore[attr-defined]
                return view(request, *args, **kwargs)
            if request.method == "GET" and request.path == "/":
                return redirect("start")
            raise PermissionDenied

        return guarded

    return mark
