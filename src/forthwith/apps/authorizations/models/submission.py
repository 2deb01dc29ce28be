"""The key under which somebody asked, so that asking twice is asking once."""

from __future__ import annotations

from django.db import models

from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Tenant

from .authorization import Authorization


class Submission(models.Model):
    """Who asked under which key, with the digest of what was asked."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    asker = models.UUIDField()
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    authorization = models.ForeignKey(Authorization, models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "asker", "key"], name="one_submission_a_key")]
