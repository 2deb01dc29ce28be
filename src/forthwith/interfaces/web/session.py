"""The idle limit of a session: the server is the judge.

A session that nobody used for `SESSION_IDLE_MINUTES` is over. Requests that a page makes by itself (live
refreshes, marked `Forthwith-Passive`) are not use. The time of last use is written at most once a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.timezone import now
from django.views.decorators.http import require_POST

SEEN = "seen_at"
WRITE_EVERY = timedelta(minutes=1)
PASSIVE = "Forthwith-Passive"
PASSIVE_PATHS = ("/live",)


class IdleSession:
    """Ends idle sessions and notes when a person last did something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if SEEN in request.session or request.user.is_authenticated:
            self._judge(request, at=now())
        return self.get_response(request)

    def _judge(self, request: HttpRequest, *, at: datetime) -> None:
        seen = request.session.get(SEEN)
        seen_at = datetime.fromisoformat(seen) if seen else None
        if seen_at and at - seen_at > timedelta(minutes=settings.SESSION_IDLE_MINUTES):
            logout(request)
            request.session_is_over = True  # type: ignore[attr-defined]
            return
        if not is_passive(request) and (seen_at is None or at - seen_at > WRITE_EVERY):
            request.session[SEEN] = at.isoformat()


def is_passive(request: HttpRequest) -> bool:
    """Did the page ask by itself, without its reader?"""
    return PASSIVE in request.headers or request.path.startswith(PASSIVE_PATHS)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Stay signed in: this very request counts as use. 401 tells the page that the session is already over."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    request.session[SEEN] = now().isoformat()
    return HttpResponse(status=204)
