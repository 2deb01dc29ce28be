"""Who has a case, and what a nurse or pharmacist recommends to a physician."""

from __future__ import annotations

from django.db import models

from forthwith.apps.authorizations.models import Authorization, Line
from forthwith.apps.identity.models import Person
from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Tenant


class Assignment(models.Model):
    """A person has taken a case; ended when released or decided."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    authorization = models.ForeignKey(Authorization, models.PROTECT, related_name="assignments")
    person = models.ForeignKey(Person, models.PROTECT)
    person_name = models.CharField(max_length=160)
    taken_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authorization"],
                condition=models.Q(ended_at__isnull=True),
                name="one_hand_at_a_time",
            )
        ]
        indexes = [
            models.Index(
                fields=["person"],
                condition=models.Q(ended_at__isnull=True),
                name="open_by_person",
            )
        ]


class Recommendation(models.Model):
    """What a reviewer recommends for a line, for a physician to decide."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    authorization = models.ForeignKey(Authorization, models.PROTECT, related_name="recommendations")
    line = models.ForeignKey(Line, models.PROTECT)
    outcome = models.CharField(max_length=16)
    note = models.TextField()
    person = models.ForeignKey(Person, models.PROTECT)
    person_name = models.CharField(max_length=160)
    at = models.DateTimeField()
