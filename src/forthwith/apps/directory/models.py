"""Members and their coverage; practitioners and organizations; which are in whose network.

Practitioner and organization are global; what a tenant says of them is a tenant row.
Names are kept beside their normalised form, because scoped searches use equality.
"""

from __future__ import annotations

from django.db import models

from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Plan, Tenant


class Practitioner(models.Model):
    """A clinician, known by NPI."""

    id = models.UUIDField(primary_key=True, default=new_key)
    npi = models.CharField(max_length=10, unique=True)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    credentials = models.CharField(max_length=20, default="")
    specialty = models.CharField(max_length=60)


class Organization(models.Model):
    """A practice, group or facility, known by NPI."""

    id = models.UUIDField(primary_key=True, default=new_key)
    npi = models.CharField(max_length=10, unique=True)
    tin = models.CharField(max_length=9)
    name = models.CharField(max_length=160)
    kind = models.CharField(
        max_length=20,
        choices=[
            ("practice", "practice"),
            ("facility", "facility"),
            ("vendor", "vendor"),
        ],
    )
    address = models.JSONField(default=dict)
    phone = models.CharField(max_length=20, default="")
    fax = models.CharField(max_length=20, default="")


class Affiliation(models.Model):
    """A practitioner works for an organization."""

    id = models.UUIDField(primary_key=True, default=new_key)
    practitioner = models.ForeignKey(Practitioner, models.PROTECT)
    organization = models.ForeignKey(Organization, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practitioner", "organization"], name="one_affiliation")]


class NetworkEntry(models.Model):
    """A tenant's word about a practitioner or organization: in network from when to when."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    npi = models.CharField(max_length=10)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    electronic_delivery = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "npi"], name="network_by_npi")]


class Member(models.Model):
    """A person covered by a plan of this tenant."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    number = models.CharField(max_length=40)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    first_name_plain = models.CharField(max_length=80)
    last_name_plain = models.CharField(max_length=80)
    birth_on = models.DateField()
    sex = models.CharField(max_length=1, choices=[("F", "female"), ("M", "male"), ("X", "other")])
    address = models.JSONField(default=dict)
    phone = models.CharField(max_length=20, default="")
    language = models.CharField(max_length=10, default="en")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="one_member_a_number")]
        indexes = [
            models.Index(
                fields=["tenant", "last_name_plain", "first_name_plain", "birth_on"],
                name="member_by_name_and_birth",
            )
        ]


class Coverage(models.Model):
    """A span of days in which a plan covers a member; `ends_on` is the last day."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    member = models.ForeignKey(Member, models.PROTECT)
    plan = models.ForeignKey(Plan, models.PROTECT)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    priority = models.SmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="coverage_ends_after_it_starts",
            )
        ]
