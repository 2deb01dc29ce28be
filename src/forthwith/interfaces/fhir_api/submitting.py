"""One call for one request: asked, answered, with its documents, all or nothing.

A refusal by the plan's own rules (an unknown member, a coverage that has ended) is an answer, not an error of the
wire: a ClaimResponse with outcome error (PAS 2.2.1, spec-35).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.actions import attach
from forthwith.apps.authorizations.answering import Answered
from forthwith.apps.authorizations.asking import Asked, AskRefused, KeyReused
from forthwith.apps.authorizations.reference import Reference, kept, reference
from forthwith.apps.identity.actors import Actor
from forthwith.apps.tenancy.scope import scoped
from forthwith.formats.fhir.pas import PasAnswer, PasRequest
from forthwith.interfaces.fhir_api import answering, asking, rejecting, withdrawing
from forthwith.interfaces.fhir_api.exits import refusal

MOST_NUMBERS = 4


def submit(request: PasRequest, body: bytes, *, by: Actor, at: datetime) -> PasAnswer:
    """Ask what the Bundle asks; raises Refused (409) when its identifier served another Bundle before."""
    if request.is_cancel:
        return withdrawing.withdraw(request, by=by, at=at)
    if request.is_update or any(item.cancelled for item in request.items):
        return rejecting.not_changed(request, at=at)
    digest = sha256(body).hexdigest()
    known = _known(by)
    try:
        asked = asking.asked_of(request, digest=digest, known=known, by=by, at=at)
        answered, unread = _found(asked, request, by=by, at=at)
    except AskRefused as refused:
        if kept(by.tenant_id) is not known:  # the plan's configuration has changed: translated anew, it may be taken
            return submit(request, body, by=by, at=at)
        return rejecting.rejected(refused.problems, request, at=at)
    except KeyReused:
        why = "This Bundle.identifier was used before for another Bundle. Send the new request under a new one."
        raise refusal(409, "conflict", why) from None
    return answering.answer_of(answered, request, unread=unread)


def _found(asked: Asked, request: PasRequest, *, by: Actor, at: datetime) -> tuple[Answered, list[str]]:
    """Submit under the first of the numbers sent that names the member; senders differ in where they put it."""
    for number in asking.member_numbers(request)[1:MOST_NUMBERS]:
        try:
            return _submit(asked, request, by=by, at=at)
        except AskRefused as refused:
            if all(problem.code != "member_unknown" for problem in refused.problems):
                raise
        asked = replace(asked, member=replace(asked.member, number=number))
    return _submit(asked, request, by=by, at=at)


def _submit(asked: Asked, request: PasRequest, *, by: Actor, at: datetime) -> tuple[Answered, list[str]]:
    """Submit; documents go with the request in one transaction. A repetition has them already."""
    files = [(each.title, each.content) for each in request.documents if not asking.is_text(each)]
    if not files:
        return actions.submit(asked=asked, by=by, at=at), []
    with scoped(by.tenants):
        answered = actions.submit(asked=asked, by=by, at=at)
        if answered.received_at != at:
            return answered, []
        return answered, attach.attach_submitted(authorization_id=answered.id, files=files, by=by, at=at)


def _known(by: Actor) -> Reference:
    known = kept(by.tenant_id)
    if known is not None:
        return known
    with scoped(by.tenants):
        return reference(by.tenant_id)
