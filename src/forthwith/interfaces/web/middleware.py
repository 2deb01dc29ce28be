"""At the door: which portal, who acts, and the second wall opened for exactly their tenants.

The Host header alone names the portal. A signed-in person becomes an Actor; the view runs in one transaction
that sees the rows of the actor's tenants only. A response of 500 or more takes everything back.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils.timezone import now

from forthwith.apps.identity.actors import PermissionMissing
from forthwith.apps.identity.queries import actor_of_person
from forthwith.apps.tenancy.queries import portal_of_host, sample_portals
from forthwith.apps.tenancy.scope import scoped
from forthwith.formats.fhir.problems import Issue
from forthwith.formats.fhir.statements import operation_outcome
from forthwith.interfaces.web.views import NO_PAGE, permission_denied
from forthwith.interfaces.web.views import page as problem_page

Next = Callable[[HttpRequest], HttpResponseBase]
MACHINES = ("/fhir/",)
WITHOUT_PORTAL = ("/static/",)


class PortalMiddleware:
    """Finds the portal of the Host header as `request.portal`; a host that is nobody's gets 404.

    The outermost that asks the database. So it hands the connection back as soon as the response is made: a browser
    that reads slowly, or listens to /live for half an hour, holds none.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self._response(request)
        finally:
            if not connection.in_atomic_block:
                connection.close()

    def _response(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = None  # type: ignore[attr-defined]
        request.portal = None  # type: ignore[attr-defined]
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("An address with a NUL names nothing, and the database takes none.")
        if not request.path.startswith(WITHOUT_PORTAL):
            request.portal = portal_of_host(request.get_host())  # type: ignore[attr-defined]
            if request.portal is None:  # type: ignore[attr-defined]
                return _nobody(request)
        return self.get_response(request)


class MachineDoors:
    """Machines carry a token and nothing else: on the way to their doors no cookie, session or form is looked at."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(MACHINES):
            return self.get_response(request)
        match = request.resolver_match = resolve(request.path_info)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response


def _nobody(request: HttpRequest) -> HttpResponse:
    """A page for people; for systems, what their door would say."""
    if not request.path.startswith(MACHINES):
        portals = _nearby(request)
        page = render_to_string("web/no_portal.html", {"portals": portals})
        return HttpResponse(page, status=200 if portals else 404)
    told = operation_outcome([Issue("error", "not-found", "No portal answers under this host name.")])
    return HttpResponse(told, status=404, content_type="application/fhir+json")


def _nearby(request: HttpRequest) -> list[tuple[str, str]]:
    """On this very machine, where somebody tries the sample world: its portals, name and address."""
    host, _, port = request.get_host().partition(":")
    if request.path != "/" or host not in ("localhost", "127.0.0.1"):
        return []
    return [(one.name, f"{request.scheme}://{one.host}{f':{port}' if port else ''}/") for one in sample_portals()]


class ActorMiddleware:
    """Names the actor as `request.actor` (None for strangers) and scopes the view to their tenants."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        portal = getattr(request, "portal", None)
        if portal is None or not request.user.is_authenticated:
            return self.get_response(request)
        actor = actor_of_person(request.user, portal, at=now())  # type: ignore[arg-type]
        request.actor = actor  # type: ignore[attr-defined]
        if actor is None:
            return self.get_response(request)
        with scoped(actor.tenants):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            if response.status_code == 405 and "text/html" in request.headers.get("Accept", ""):
                response = _explained(request, response)
        response.headers.setdefault("Cache-Control", "private, no-store")  # nobody reads a patient's page by "back"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A right that is missing below the door is a 403 at it."""
        if isinstance(exception, PermissionMissing):
            transaction.set_rollback(True)
            return permission_denied(request, exception)
        return None


def _explained(request: HttpRequest, refused: HttpResponseBase) -> HttpResponse:
    """Somebody went to the address of a form by hand: say so in words, and keep what the answer allows."""
    response = problem_page(request, NO_PAGE)
    response.headers["Allow"] = refused.headers["Allow"]
    return response
