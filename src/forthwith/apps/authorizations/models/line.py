"""A line: what was asked, what became of it, its clock, its criteria trace."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from forthwith.apps.directory.models import Member
from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Tenant
from forthwith.domain.words import ItemClass, Outcome

from .authorization import Authorization

DECIDED = [Outcome.CERTIFIED, Outcome.MODIFIED, Outcome.NOT_CERTIFIED]


class Line(models.Model):
    """One service asked for. An outcome belongs to a line."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    authorization = models.ForeignKey(Authorization, models.PROTECT, related_name="lines")
    member = models.ForeignKey(Member, models.PROTECT)
    sequence = models.IntegerField()
    service = models.CharField(max_length=60)
    service_name = models.CharField(max_length=200)
    coding = models.JSONField(default=dict)
    item_class = models.CharField(max_length=16, choices=[(i.value, i.value) for i in ItemClass])
    region = models.CharField(max_length=40, default="")
    side = models.CharField(max_length=20, default="")
    place = models.CharField(max_length=2, default="")
    rendering = models.JSONField(default=dict)
    facility = models.JSONField(default=dict)
    unit = models.CharField(max_length=20)
    units_requested = models.DecimalField(max_digits=12, decimal_places=3)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    requirement = models.JSONField(default=dict)
    criteria = models.JSONField(default=dict)
    clock = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=[(o.value, o.value) for o in Outcome])
    determination_id = models.UUIDField(null=True)
    units_approved = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    approved_from = models.DateField(null=True)
    approved_to = models.DateField(null=True)
    authorization_number = models.CharField(max_length=16, null=True, unique=True)

    class Meta:
        ordering = ["sequence"]
        indexes = [
            models.Index(
                fields=["member", "approved_from"],
                name="approved_of_member",
                condition=Q(outcome__in=[Outcome.CERTIFIED, Outcome.MODIFIED]),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "authorization", "tenant"], name="line_of_authorization"),
            models.CheckConstraint(condition=Q(outcome__in=list(Outcome)), name="outcome_is_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=DECIDED) | Q(determination_id__isnull=True),
                name="undecided_has_no_determination",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=[Outcome.CERTIFIED, Outcome.MODIFIED],
                    units_approved__isnull=False,  # a CHECK lets pass what is unknown
                    approved_from__isnull=False,
                    approved_to__isnull=False,
                    approved_to__gte=F("approved_from"),
                )
                | (
                    ~Q(outcome__in=[Outcome.CERTIFIED, Outcome.MODIFIED])
                    & Q(approved_from__isnull=True, approved_to__isnull=True)
                ),
                name="approved_has_units_and_days",
            ),
            models.UniqueConstraint(fields=["authorization", "sequence"], name="one_line_a_sequence"),
            models.CheckConstraint(condition=Q(units_requested__gt=0), name="units_requested_positive"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="line_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(units_approved__isnull=True) | Q(units_approved__lte=F("units_requested")),
                name="approved_within_requested",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=DECIDED) | Q(determination_id__isnull=False),
                name="decided_by_a_determination",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.CERTIFIED)
                | Q(units_approved=F("units_requested"), approved_from__isnull=False),
                name="certified_in_full",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.MODIFIED)
                | Q(
                    units_approved__gt=0,
                    approved_from__isnull=False,
                    units_approved__lte=F("units_requested"),
                ),
                name="modified_in_part",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[Outcome.CERTIFIED, Outcome.MODIFIED])
                | Q(units_approved__isnull=True, authorization_number__isnull=True),
                name="approved_only_when_approved",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[Outcome.CERTIFIED, Outcome.MODIFIED]) | Q(authorization_number__isnull=False),
                name="approved_has_a_number",
            ),
        ]
