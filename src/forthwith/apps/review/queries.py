"""Worklists are questions: which open requests, soonest due first, for whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from forthwith.apps.authorizations.models import Authorization
from forthwith.apps.authorizations.queries import visible_to
from forthwith.apps.identity.actors import Actor
from forthwith.domain.permissions import Permission
from forthwith.domain.words import State, Urgency

from .models import Assignment, Recommendation

OPEN = (State.RECEIVED, State.IN_REVIEW, State.INFORMATION_REQUESTED, State.SENT_BACK)
VIEWS = ("all", "mine", "first", "physician", "waiting", "notices")


def worklist(
    actor: Actor, *, view: str = "all", at: datetime, filters: frozenset[str] = frozenset()
) -> QuerySet[Authorization]:
    """Open requests, soonest due first, each with `with_name`, `with_id` (who has it) and `is_recommended`.

    Views: all | mine | first (nobody recommended yet) | physician (recommended) | waiting (for the office) | notices
    (decided, and not everybody who must be told has been: the longest decided first, with `notices_given`).
    Filters: due24 | expedited | unassigned | part_b_drug.
    """
    if not actor.may(Permission.WORKLIST_READ):
        return Authorization.objects.none()
    held = Assignment.objects.filter(authorization=OuterRef("pk"), ended_at__isnull=True)
    advised = Recommendation.objects.filter(authorization=OuterRef("pk"))
    rows = (
        visible_to(actor)
        .filter(_open_to(view))
        .annotate(
            with_name=Subquery(held.values("person_name")[:1]),
            with_id=Subquery(held.values("person_id")[:1]),
            is_recommended=Exists(advised),
        )
    )
    rows = _in_view(rows, view, held.filter(person_id=actor.id))
    if "due24" in filters:
        rows = rows.filter(due_at__lt=at + timedelta(hours=24))
    if "expedited" in filters:
        rows = rows.filter(urgency=Urgency.EXPEDITED)
    if "unassigned" in filters:
        rows = rows.filter(~Exists(held))
    if "part_b_drug" in filters:
        rows = rows.filter(lines__item_class="part_b_drug").distinct()
    rows = rows.select_related("member", "plan")
    if view == "notices":
        return rows.order_by("decided_at", "id").prefetch_related("notices_given")
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")


def _open_to(view: str) -> Q:
    """What a view may hold at all: open work; for notices, what is decided. What only others decide is nobody's here."""
    return Q(state=State.DECIDED) if view == "notices" else Q(state__in=OPEN, open_lines__gt=0)


def _in_view(rows: QuerySet[Authorization], view: str, mine: QuerySet[Assignment]) -> QuerySet[Authorization]:
    if view == "mine":
        return rows.filter(Exists(mine))
    if view == "first":
        return rows.filter(is_recommended=False, state__in=(State.RECEIVED, State.IN_REVIEW))
    if view == "physician":
        return rows.filter(is_recommended=True, state__in=(State.RECEIVED, State.IN_REVIEW))
    if view == "waiting":
        return rows.filter(state__in=(State.INFORMATION_REQUESTED, State.SENT_BACK))
    return rows


def assignment_of(authorization_id: UUID) -> Assignment | None:
    """Who has the case now, or None."""
    return Assignment.objects.filter(authorization_id=authorization_id, ended_at__isnull=True).first()


def recommendations_of(authorization_id: UUID) -> QuerySet[Recommendation]:
    """What was recommended, newest first, with the line."""
    return Recommendation.objects.filter(authorization_id=authorization_id).select_related("line").order_by("-at")
