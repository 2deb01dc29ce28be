"""A Claim that takes a whole request back (PAS 2.2.1: certification type 3 on the Claim, or on every item).

The request is found by the identifiers that its own Claim was sent under, or by our numbers, and only among the
client's own requests about the same member; where several open ones were sent alike, none is withdrawn by guess.
What is withdrawn already stays so: the same answer again.
"""

from __future__ import annotations

from datetime import datetime

from forthwith.apps.authorizations import actions, queries
from forthwith.apps.identity.actors import Actor
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.lifecycle import MoveRefused
from forthwith.domain.words import State
from forthwith.formats.fhir.pas import PasAnswer, PasRequest
from forthwith.formats.fhir.pas.values import Identifier
from forthwith.interfaces.fhir_api import answering, asking, rejecting

REASON = "Cancelled by the requester's system."
NONE = "No request of yours about this member was sent under this identifier."
SEVERAL = "Several open requests were sent under this identifier. Name the one that is meant by our reference number."
OPEN = (State.RECEIVED, State.IN_REVIEW, State.INFORMATION_REQUESTED, State.SENT_BACK)


def withdraw(request: PasRequest, *, by: Actor, at: datetime) -> PasAnswer:
    """Withdraw the request that the Claim means, and answer with how it stands then."""
    with scoped(by.tenants):
        rows = queries.sent_as(
            identifiers=[(each.system, each.value) for each in _identifiers(request)], numbers=_numbers(request),
            member_numbers=asking.member_numbers(request), by=by,
        )  # fmt: skip
        meant = [row for row in rows if row.state in OPEN] or rows[:1]
        if len(meant) != 1:
            return rejecting.not_cancelled(SEVERAL if meant else NONE, "C", request, at=at)
        (row,) = meant
        if row.state != State.WITHDRAWN:
            try:
                actions.withdraw(number=row.number, reason=REASON, by=by, at=at)
            except MoveRefused as refused:
                return rejecting.not_cancelled(str(refused), "N", request, at=at)
        return answering.answer_of(queries.answered_of(row.id, by=by), request, unread=[])


def _identifiers(request: PasRequest) -> tuple[Identifier, ...]:
    """Return the names of the Claim that is cancelled: the prior one's, else its own."""
    return request.prior_identifiers or request.claim_identifiers


def _numbers(request: PasRequest) -> list[str]:
    ours = [each.value for each in _identifiers(request) if each.system == answering.REFERENCE_NUMBERS]
    sent = [number for item in request.items for number in (item.reference_number, item.authorization_number)]
    return [number for number in (*ours, *sent) if number]
