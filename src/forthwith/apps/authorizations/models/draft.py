"""A draft: a versioned document of the office, not a state of a request."""

from __future__ import annotations

from django.db import models

from forthwith.apps.directory.models import Organization
from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Portal, Tenant


class Draft(models.Model):
    """What an office has filled in so far; anyone of the practice may go on with it."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    portal = models.ForeignKey(Portal, models.PROTECT)
    organization = models.ForeignKey(Organization, models.PROTECT)
    document = models.JSONField(default=dict)
    title = models.CharField(max_length=200, default="")
    member_id = models.UUIDField(null=True)
    member_name = models.CharField(max_length=170, default="")
    version = models.IntegerField(default=1)
    created_by_id = models.UUIDField()
    saved_by_name = models.CharField(max_length=200)
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "organization", "-saved_at"],
                name="drafts_of_practice",
            )
        ]
