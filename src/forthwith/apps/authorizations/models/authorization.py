"""A request as asked, and where it stands. Answers, clock and criteria traces are documents on the rows."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from forthwith.apps.directory.models import Coverage, Member, Organization, Practitioner
from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Plan, Tenant
from forthwith.domain.words import Channel, State, Timing, Urgency

OPEN_STATES = [
    State.RECEIVED,
    State.IN_REVIEW,
    State.INFORMATION_REQUESTED,
    State.SENT_BACK,
]


class Authorization(models.Model):
    """One request for authorization. `version` grows with every act: a stale form is refused by it."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    plan = models.ForeignKey(Plan, models.PROTECT)
    number = models.CharField(max_length=12, unique=True)
    channel = models.CharField(max_length=8, choices=[(c.value, c.value) for c in Channel])
    member = models.ForeignKey(Member, models.PROTECT)
    coverage = models.ForeignKey(Coverage, models.PROTECT)
    organization = models.ForeignKey(Organization, models.PROTECT)
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, null=True)
    title = models.CharField(max_length=200)
    program = models.CharField(max_length=40, default="")
    urgency = models.CharField(max_length=10, choices=[(u.value, u.value) for u in Urgency])
    timing = models.CharField(max_length=14, choices=[(t.value, t.value) for t in Timing])
    attested_by = models.CharField(max_length=160, default="")
    clinical_reason = models.TextField(default="")
    diagnoses = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    state = models.CharField(max_length=24, choices=[(s.value, s.value) for s in State])
    status = models.CharField(max_length=24)
    open_lines = models.SmallIntegerField()
    version = models.IntegerField(default=1)
    external = models.JSONField(default=dict)
    submitted_by_id = models.UUIDField()
    submitted_by_name = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    moments = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    due_rule = models.CharField(max_length=80, default="")
    changed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "due_at", "id"],
                name="worklist_by_due",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(
                fields=["tenant", "organization", "-received_at"],
                name="requests_of_practice",
            ),
            models.Index(fields=["member", "-received_at"], name="requests_of_member"),
            # An office's pages: what is open, what changed last, how many stand where. None reads its whole past.
            models.Index(
                fields=["tenant", "organization", "due_at", "id"],
                name="open_of_practice",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(fields=["tenant", "organization", "-changed_at", "-id"], name="changes_of_practice"),
            models.Index(fields=["tenant", "organization", "status"], name="statuses_of_practice"),
            models.Index(
                fields=["tenant", "decided_at", "id"],
                name="notices_to_give",
                condition=Q(state=State.DECIDED),
            ),
            models.Index(fields=["tenant", "-received_at"], name="requests_of_tenant"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "tenant"], name="authorization_of_tenant"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.DECIDED, State.NOTIFIED]) | Q(decided_at__isnull=False, open_lines=0),
                name="decided_means_every_line",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.NOTIFIED) | Q(notified_at__isnull=False),
                name="notified_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WITHDRAWN) | Q(withdrawn_at__isnull=False),
                name="withdrawn_has_its_moment",
            ),
            models.CheckConstraint(condition=Q(state__in=[s for s in State if s != State.NONE]), name="state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=OPEN_STATES)
                | Q(decided_at__isnull=True, notified_at__isnull=True, withdrawn_at__isnull=True),
                name="open_has_no_end",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN) | Q(withdrawn_at__isnull=True),
                name="only_withdrawn_is_withdrawn_at",
            ),
            models.CheckConstraint(
                condition=Q(notified_at__isnull=True) | Q(state=State.NOTIFIED, notified_at__gte=F("decided_at")),
                name="notified_after_decided",
            ),
            models.CheckConstraint(
                condition=Q(changed_at__gte=F("received_at")),
                name="changed_after_received",
            ),
            models.CheckConstraint(condition=Q(open_lines__gte=0), name="open_lines_counted"),
        ]
