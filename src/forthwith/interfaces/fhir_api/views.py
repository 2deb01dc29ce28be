"""The operations: each parses, makes one call, and translates back."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from importlib.metadata import version

from django.http import HttpRequest, HttpResponse

from forthwith.apps.identity.actors import Actor
from forthwith.domain.permissions import Permission
from forthwith.formats.fhir import pas
from forthwith.formats.fhir.problems import FhirProblems
from forthwith.formats.fhir.statements import capability_statement
from forthwith.interfaces.fhir_api import entry, exits, submitting

CHANGED_ON = date(2026, 11, 23)  # when this door last learned something new


@entry.operation(Permission.REQUEST_SUBMIT)
def submit(request: HttpRequest, actor: Actor, at: datetime) -> HttpResponse:
    """Claim/$submit: take a PAS request Bundle and answer it with a response Bundle."""
    body = entry.body_of(request)
    try:
        asked = pas.read_request(body)
    except FhirProblems as problems:
        raise exits.unreadable(problems) from None
    answer = submitting.submit(asked, body, by=actor, at=at)
    return exits.answer(pas.write_response(answer, asked, at=at))


@entry.public
def metadata(request: HttpRequest) -> HttpResponse:
    """The CapabilityStatement of this portal."""
    entry.must_get(request)
    entry.must_take_json(request)
    portal = request.portal  # type: ignore[attr-defined]
    return exits.answer(_statement(request.build_absolute_uri("/fhir"), portal.tenant_name))


@entry.public
def missing(request: HttpRequest) -> HttpResponse:
    """Whatever else is asked for here does not exist."""
    raise exits.refusal(404, "not-found", "There is no such resource or operation here.")


@lru_cache(maxsize=64)
def _statement(url: str, name: str) -> bytes:
    return capability_statement(url=url, version=version("forthwith"), dated=CHANGED_ON, name=name)
