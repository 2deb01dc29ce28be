"""Reading requests. Not visible and not found are one answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from forthwith.apps.directory.queries import plain_number
from forthwith.apps.identity.actors import Actor
from forthwith.domain.permissions import Permission
from forthwith.domain.words import State

from .answering import Answered, answered
from .asking import NotFound
from .models import Attachment, Authorization, Determination, Draft, InformationRequest, Line, Submission
from .reference import reference

REFERENCE = "R-"
AFTER_EVERY_LINE = "-~"  # an approved line's number is the authorization's with the line's behind it: A-5TW2-81PC-01
_MOST_NAMED_ALIKE = 20


def visible_to(actor: Actor) -> QuerySet[Authorization]:
    """Requests of the actor's tenants: all for staff, the own organizations' for offices and clients."""
    if not actor.may(Permission.REQUEST_READ):
        return Authorization.objects.none()
    rows = Authorization.objects.filter(tenant_id__in=actor.tenants)
    return rows if actor.is_staff else rows.filter(organization_id__in=actor.organizations)


def found(number: str, *, by: Actor) -> Authorization:
    """The request of this reference number with what its page shows; raises NotFound."""
    rows = visible_to(by).select_related("plan", "member", "coverage", "organization", "practitioner", "tenant")
    rows = rows.prefetch_related("lines", "determinations", "information_requests", "attachments", "notices_given")
    row = rows.filter(number=number).first()
    if row is None:
        raise NotFound(NotFound.__doc__)
    return row


def number_of(text: str, *, by: Actor) -> str | None:
    """The reference number that this reference or authorization number leads to, where visible.

    One exact look at one index or the other: under row-level security a pattern would read every row of the tenant.
    """
    if text.startswith(REFERENCE):
        rows = visible_to(by).filter(number=text)
    else:
        lines = Line.objects.filter(
            authorization_number__gte=text,
            authorization_number__lt=f"{text}{AFTER_EVERY_LINE}",
            tenant_id__in=by.tenants,
        )
        rows = visible_to(by).filter(id__in=lines.values_list("authorization_id", flat=True)[:1])
    return rows.order_by().values_list("number", flat=True).first()


def sent_as(
    *, identifiers: Iterable[tuple[str, str]], numbers: Iterable[str], member_numbers: Iterable[str], by: Actor
) -> list[Authorization]:
    """The actor's requests about this member that came under one of the sender's names, or have our number; newest first."""
    rows = visible_to(by).filter(member__number__in=[plain_number(number) for number in member_numbers])
    named = Q(number__in=list(numbers))
    for system, value in identifiers:
        named |= Q(external__claim_identifiers__contains=[{"system": system, "value": value}])
    return list(rows.filter(named).order_by("-received_at")[:_MOST_NAMED_ALIKE])


def determinations_in_force(authorization: Authorization) -> dict[UUID, Determination]:
    """The determination that each decided line refers to, by line."""
    current = {line.determination_id for line in authorization.lines.all() if line.determination_id}
    return {row.line_id: row for row in authorization.determinations.all() if row.id in current}


def has_clinical_reason(row: Authorization, line: Line) -> bool:
    """Whether the office gave any clinical reason for this line: words, answers, files, what it wrote when asked.

    That criteria were looked at is none: they are for every line that has a package.
    """
    answers = row.answers.get(line.criteria.get("package", ""), {})
    return bool(
        row.clinical_reason.strip()
        or answers
        or any(row.attachments.all())
        or any(one.answer.strip() for one in row.information_requests.all())
    )


def answered_of(authorization_id: UUID, *, by: Actor) -> Answered:
    """The present answer to a request; raises NotFound."""
    row = visible_to(by).filter(id=authorization_id).values().first()
    if row is None:
        raise NotFound(NotFound.__doc__)
    lines = list(Line.objects.filter(authorization_id=authorization_id).order_by("sequence").values())
    current = [line["determination_id"] for line in lines if line["determination_id"]]
    determinations = list(Determination.objects.filter(id__in=current).values())
    return answered(row, lines, determinations, known=reference(row["tenant_id"]), asked_for=_asked_for(row))


def _asked_for(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What the office is asked and has not answered."""
    if row["state"] not in (State.INFORMATION_REQUESTED, State.SENT_BACK):
        return ()
    open_ = InformationRequest.objects.filter(authorization_id=row["id"], answered_at__isnull=True).first()
    return tuple(text for text in (*open_.questions, open_.message) if text) if open_ else ()


def submitted_under(key: str, *, by: Actor) -> str | None:
    """The number of the request that this actor submitted under this key, or None."""
    taken = Submission.objects.filter(tenant_id__in=by.tenants, asker=by.id, key=key)
    rows = visible_to(by).filter(id__in=taken.values("authorization_id"))
    return rows.values_list("number", flat=True).first()


def drafts_of(actor: Actor, *, at: datetime) -> QuerySet[Draft]:
    """Drafts of the actor's practices that have not expired, newest first."""
    rows = Draft.objects.filter(tenant_id__in=actor.tenants, organization_id__in=actor.organizations)
    return rows.filter(expires_at__gt=at).order_by("-saved_at")


def draft(draft_id: UUID, *, by: Actor) -> Draft:
    """A draft of the actor's practices, expired or not; raises NotFound."""
    row = Draft.objects.filter(id=draft_id, tenant_id__in=by.tenants, organization_id__in=by.organizations).first()
    if row is None:
        raise NotFound("There is no such draft.")
    return row


def attachment(attachment_id: UUID, *, by: Actor) -> Attachment:
    """An attachment of a visible request that was scanned and found clean; raises NotFound."""
    row = Attachment.objects.filter(
        id=attachment_id, scan="clean", authorization__in=visible_to(by).values("id")
    ).first()
    if row is None:
        raise NotFound("There is no such file.")
    return row


def newest(actor: Actor, *, status: str | None = None) -> QuerySet[Authorization]:
    """Visible requests in every state, the newest first, with what a row of a list shows."""
    rows = visible_to(actor).select_related("plan", "member", "organization").prefetch_related("lines")
    return (rows.filter(status=status) if status else rows).order_by("-received_at", "-id")


def by_due(rows: QuerySet[Authorization]) -> QuerySet[Authorization]:
    """Soonest due first."""
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")
