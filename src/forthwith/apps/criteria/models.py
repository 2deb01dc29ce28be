"""Services of a tenant, the codes that name them, and packages of criteria by version and date."""

from __future__ import annotations

from django.db import models

from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Tenant
from forthwith.domain.words import ItemClass


class Package(models.Model):
    """A reviewed criteria package as loaded: the document governs."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    key = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    document = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key", "version"], name="one_package_a_version")]


class Service(models.Model):
    """A service that can be asked for, under the tenant's own key."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=60, default="")
    program = models.CharField(max_length=40, default="")
    unit = models.CharField(max_length=20, default="units")
    item_class = models.CharField(max_length=16, choices=[(i.value, i.value) for i in ItemClass])
    package = models.CharField(max_length=60, default="")
    specialties = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="one_service_a_key")]


class ServiceCode(models.Model):
    """A code of some system that means a service of this tenant."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    system = models.CharField(max_length=160)
    code = models.CharField(max_length=60)
    service = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "system", "code"], name="one_service_a_code")]
