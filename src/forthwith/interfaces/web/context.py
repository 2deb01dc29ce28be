"""What every template may rely on: the rail, the person, the session's length.

Values are lazy where they cost a query: an error page that never shows the rail never counts anything.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from forthwith.interfaces.web import rail


def shell(request: HttpRequest) -> dict[str, Any]:
    """The shell's own variables (a context processor named in the settings)."""
    minutes = settings.SESSION_IDLE_MINUTES
    warn = settings.SESSION_WARN_MINUTES
    return {
        "session_minutes": minutes,
        "session_warn_minutes": warn,
        "session_idle_minutes": minutes - warn,
        "shell": SimpleLazyObject(lambda: _shell(request)),
    }


def _shell(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    permissions = getattr(actor, "permissions", frozenset())
    match = request.resolver_match
    door = (match.app_name or match.namespace) if match else ""
    chosen = rail.rail_for(door, actor) if actor else None
    return {
        "actor": actor,
        "rail": chosen,
        "home": rail.home_for(actor, door) if actor else None,
        "links": rail.links(chosen, request, permissions) if chosen else [],
        "is_staff": bool(chosen and chosen.is_staff),
    }
