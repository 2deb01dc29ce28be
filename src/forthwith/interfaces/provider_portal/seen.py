"""Which members a person of an office may open: those found by a full combination in this session, and those
for whom the practice has a request or a draft. A key alone opens nobody (minimum necessary, 45 CFR 164.502(b))."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest
from django.utils.timezone import now

from forthwith.apps.authorizations import queries

FOUND = "members_found"
KEPT = 50


def note_found(request: HttpRequest, members: Iterable[UUID]) -> None:
    """Remember whom this session found."""
    known = [*request.session.get(FOUND, ()), *map(str, members)]
    request.session[FOUND] = list(dict.fromkeys(known))[-KEPT:]


def may_see(request: HttpRequest, member_id: UUID) -> bool:
    """May this session open the member?"""
    if str(member_id) in request.session.get(FOUND, ()):
        return True
    actor = request.actor  # type: ignore[attr-defined]
    if queries.visible_to(actor).filter(member_id=member_id).exists():
        return True
    return queries.drafts_of(actor, at=now()).filter(member_id=member_id).exists()
