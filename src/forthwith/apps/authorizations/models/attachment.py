"""A file sent with a request. The bytes lie in storage; an unscanned file is never served."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from forthwith.apps.directory.models import Organization
from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Tenant

from .authorization import Authorization
from .draft import Draft


class Attachment(models.Model):
    """Hash, size, type by content, and whether it was scanned."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    organization = models.ForeignKey(Organization, models.PROTECT)
    authorization = models.ForeignKey(Authorization, models.PROTECT, null=True, related_name="attachments")
    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, related_name="attachments")
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=80)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    scan = models.CharField(
        max_length=10,
        choices=[("waiting", "waiting"), ("clean", "clean"), ("infected", "infected")],
    )
    added_by_name = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$", size__gt=0, scan__in=["waiting", "clean", "infected"]),
                name="attachment_is_known_by_its_bytes",
            )
        ]
