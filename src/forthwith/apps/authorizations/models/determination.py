"""A determination: who decided a line, on what ground, and why.

The reviewer's kind, licence and statement are copied under a composite foreign
key to `identity`, and CHECKs test the copies: an adverse outcome without a
person, or a clinical one without an eligible physician, can't be stored.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Tenant
from forthwith.domain.reviewers import ReviewerKind
from forthwith.domain.words import Basis, Outcome

from .authorization import Authorization

ADVERSE = [Outcome.MODIFIED, Outcome.NOT_CERTIFIED]


class Determination(models.Model):
    """One decision about one line. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    authorization = models.ForeignKey(Authorization, models.PROTECT, related_name="determinations")
    line_id = models.UUIDField()
    outcome = models.CharField(max_length=16, choices=[(o.value, o.value) for o in Outcome])
    basis = models.CharField(max_length=16, choices=[(b.value, b.value) for b in Basis])
    units_approved = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    reason = models.TextField(default="")
    citations = models.JSONField(default=list)
    package = models.CharField(max_length=60, default="")
    package_version = models.CharField(max_length=20, default="")
    reviewer_kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in ReviewerKind])
    reviewer_id = models.UUIDField(null=True)
    reviewer_name = models.CharField(max_length=200)
    reviewer_title = models.CharField(max_length=160, default="")
    credential_id = models.UUIDField(null=True)
    licence_expires_on = models.DateField(null=True)
    statement_expires_on = models.DateField(null=True)
    decided_at = models.DateTimeField()
    decided_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "line_id", "outcome"], name="determination_as_referred"),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=[
                        Outcome.CERTIFIED,
                        Outcome.MODIFIED,
                        Outcome.NOT_CERTIFIED,
                    ]
                ),
                name="determination_decides",
            ),
            models.CheckConstraint(
                condition=Q(
                    reviewer_kind=ReviewerKind.RULE,
                    reviewer_id__isnull=True,
                    basis=Basis.RULE,
                )
                | (~Q(reviewer_kind=ReviewerKind.RULE) & ~Q(basis=Basis.RULE) & Q(reviewer_id__isnull=False)),
                name="rule_or_person",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=ADVERSE) | Q(reviewer_id__isnull=False),
                name="adverse_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=ADVERSE)
                | Q(basis=Basis.ADMINISTRATIVE, outcome=Outcome.NOT_CERTIFIED)
                | Q(
                    basis=Basis.CLINICAL,
                    reviewer_kind=ReviewerKind.PHYSICIAN,
                    credential_id__isnull=False,
                    licence_expires_on__isnull=False,
                    statement_expires_on__isnull=False,
                    licence_expires_on__gte=F("decided_on"),
                    statement_expires_on__gte=F("decided_on"),
                ),
                name="adverse_clinical_by_a_physician",
            ),
            models.CheckConstraint(
                condition=Q(reviewer_kind__in=[ReviewerKind.RULE, ReviewerKind.STAFF], credential_id__isnull=True)
                | Q(
                    reviewer_kind__in=[ReviewerKind.NURSE, ReviewerKind.PHARMACIST, ReviewerKind.PHYSICIAN],
                    credential_id__isnull=False,
                    licence_expires_on__isnull=False,
                    statement_expires_on__isnull=False,
                ),
                name="licensed_by_credential",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.NOT_CERTIFIED, units_approved__isnull=True)
                | (~Q(outcome=Outcome.NOT_CERTIFIED) & Q(units_approved__isnull=False, units_approved__gt=0)),
                name="units_only_when_approved",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=ADVERSE) | ~Q(reason=""),
                name="adverse_says_why",
            ),
        ]
