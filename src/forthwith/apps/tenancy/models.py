"""Tenant, portal, plan, program, settings by date, and the rules "is authorization needed?"."""

from __future__ import annotations

from django.db import models

from forthwith.apps.keys import new_key
from forthwith.domain.words import LineOfBusiness, Requirement


def _choices(words: type) -> list[tuple[str, str]]:
    return [(word.value, word.value.replace("_", " ")) for word in words]  # type: ignore[attr-defined]


class Tenant(models.Model):
    """Who owns data and decides. `revision` grows with each change of its configuration."""

    id = models.UUIDField(primary_key=True, default=new_key)
    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=2)
    zone = models.CharField(max_length=40)
    letterhead = models.JSONField(default=dict)
    synthetic = models.BooleanField(default=False)
    revision = models.BigIntegerField(default=1)


class Portal(models.Model):
    """A host of one tenant."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    key = models.SlugField(max_length=40, unique=True)
    host = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=120)
    contact = models.JSONField(default=dict)


class Plan(models.Model):
    """A health plan of one tenant; `payer_id` is how machines name it."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    key = models.SlugField(max_length=60, unique=True)
    payer_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=160)
    line_of_business = models.CharField(max_length=24, choices=_choices(LineOfBusiness))
    product = models.CharField(max_length=24, default="")
    state = models.CharField(max_length=2)
    zone = models.CharField(max_length=40)
    accredited = models.BooleanField(default=False)
    service_levels = models.JSONField(default=list)


class Program(models.Model):
    """A program of a tenant, such as spine, pain and joint."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="one_program_a_key")]


class Setting(models.Model):
    """A value by tenant, portal, program and market, with the dates between which it holds."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    portal = models.ForeignKey(Portal, models.PROTECT, null=True)
    program = models.CharField(max_length=40, default="")
    market = models.CharField(max_length=40, default="")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)


class RequirementRule(models.Model):
    """One row of "is authorization needed?"; empty fields match everything."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    key = models.CharField(max_length=80)
    plan = models.CharField(max_length=60, default="")
    product = models.CharField(max_length=24, default="")
    program = models.CharField(max_length=40, default="")
    service = models.CharField(max_length=60, default="")
    place = models.CharField(max_length=2, default="")
    in_network = models.BooleanField(null=True)
    answer = models.CharField(max_length=16, choices=_choices(Requirement))
    owner = models.CharField(max_length=160, default="")
    reason = models.CharField(max_length=300)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key", "effective_from"],
                name="one_rule_a_key_and_date",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=models.F("effective_from")),
                name="rule_ends_after_it_begins",
            ),
        ]


class OtherName(models.Model):
    """An identifier by which somebody else names a plan or a provider of this tenant; `means` is our own."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    kind = models.CharField(max_length=8, choices=[("payer", "payer"), ("provider", "provider")])
    identifier = models.CharField(max_length=80)
    means = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "identifier"], name="one_meaning_a_name")]
