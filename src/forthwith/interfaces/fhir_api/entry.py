"""At the threshold: who calls, may they, in which format, and how much. What is inside the body is read later."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RequestDataTooBig
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

from forthwith.apps.identity.actors import Actor, PermissionMissing
from forthwith.apps.identity.queries import actor_of_token
from forthwith.domain.permissions import Permission
from forthwith.interfaces.fhir_api.exits import Refused, refusal

LARGEST = 10 * 1024 * 1024
_JSON = ("application/fhir+json", "application/json")
_FORMATS = (*_JSON, "json", "text/json")  # what `_format` may say for JSON
_TOKEN = re.compile(r"Bearer +([A-Za-z0-9\-._~+/]+=*)", re.IGNORECASE)

View = Callable[[HttpRequest], HttpResponse]
Operation = Callable[[HttpRequest, Actor, datetime], HttpResponse]


def operation(permission: Permission) -> Callable[[Operation], View]:
    """The view is a POSTed operation for clients that hold `permission`; it opens its own transaction."""

    def mark(act: Operation) -> View:
        @csrf_exempt
        @wraps(act)
        def guarded(request: HttpRequest) -> HttpResponse:
            try:
                _method(request, "POST")
                at = now()
                actor = _client(request, permission, at)
                _format(request)
                return act(request, actor, at)
            except Refused as refused:
                return refused.response()
            except PermissionMissing:
                return refusal(403, "forbidden", "This client has no right to do this.").response()
            except (OperationalError, InterfaceError):
                return HttpResponse(status=503, headers={"Retry-After": "5"})

        guarded.permissions = (permission,)  # type: ignore[attr-defined]
        guarded.own_transaction = True  # type: ignore[attr-defined]
        return guarded

    return mark


def public(act: View) -> View:
    """The view tells nothing about anybody and needs no token."""

    @csrf_exempt
    @wraps(act)
    def opened(request: HttpRequest) -> HttpResponse:
        try:
            return act(request)
        except Refused as refused:
            return refused.response()

    opened.permissions = ()  # type: ignore[attr-defined]
    opened.is_public = True  # type: ignore[attr-defined]
    opened.own_transaction = True  # type: ignore[attr-defined]
    return opened


def must_get(request: HttpRequest) -> None:
    """Raise 405 unless the resource is read."""
    if request.method != "HEAD":
        _method(request, "GET")


def must_take_json(request: HttpRequest) -> None:
    """Raise 406 unless the caller takes JSON; `_format` goes before the Accept header (FHIR R4, http 3.1.0.1.11)."""
    wanted = request.GET.get("_format", "").partition(";")[0].replace(" ", "+").strip().lower()
    taken = wanted in _FORMATS if wanted else any(_takes(request, media_type) for media_type in _JSON)
    if not taken:
        raise refusal(406, "not-supported", f"The answer is {_JSON[0]}.")


def _takes(request: HttpRequest, media_type: str) -> bool:
    return not request.headers.get("Accept", "").strip() or request.accepts(media_type)


def body_of(request: HttpRequest) -> bytes:
    """Return the body; raise 413 when it is above LARGEST bytes."""
    try:
        body = request.body
    except RequestDataTooBig:
        body = None
    if body is None or len(body) > LARGEST:
        megabytes = LARGEST // 1_048_576
        raise refusal(413, "too-long", f"The body is larger than {megabytes} MB.")
    return body


def _method(request: HttpRequest, wanted: str) -> None:
    if request.method != wanted:
        raise refusal(405, "not-supported", f"Use {wanted} here.", Allow=wanted)


def _client(request: HttpRequest, permission: Permission, at: datetime) -> Actor:
    """Return the client of the bearer token; 401 tells a missing token from one that is not good (RFC 6750, 3)."""
    given = _TOKEN.fullmatch(request.headers.get("Authorization", ""))
    if given is None:
        raise refusal(401, "login", "A bearer token is needed.", WWW_Authenticate='Bearer realm="fhir"')
    actor = actor_of_token(given[1], request.portal, at=at)  # type: ignore[attr-defined]
    if actor is None:
        challenge = 'Bearer realm="fhir", error="invalid_token"'
        raise refusal(401, "login", "The token is unknown, expired or revoked.", WWW_Authenticate=challenge)
    actor.need(permission)
    return actor


def _format(request: HttpRequest) -> None:
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise refusal(415, "not-supported", "Send the body without a content encoding.")
    charset = request.content_params.get("charset", "utf-8").lower() if request.content_params else "utf-8"
    if request.content_type not in _JSON or charset not in ("utf-8", "utf8"):
        raise refusal(415, "not-supported", f"Send {_JSON[0]} in UTF-8.")
    must_take_json(request)
