"""One letter: its content document, whose hash is its identity, and what is known of its PDF."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Tenant
from forthwith.domain.notices import Audience, NoticeKind

_SHA256 = "^[0-9a-f]{64}$"


class Letter(models.Model):
    """Issued once, never changed: only the rendering is recorded later. The subject is named, not joined."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in NoticeKind])
    audience = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Audience])
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    number = models.CharField(max_length=40)
    member_id = models.UUIDField(null=True)
    organization_id = models.UUIDField(null=True)
    language = models.CharField(max_length=12)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    template_version = models.CharField(max_length=24)
    issued_at = models.DateTimeField()
    visible_until = models.DateTimeField()
    rendered_hash = models.CharField(max_length=64, null=True)
    rendered_at = models.DateTimeField(null=True)
    size = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index("subject_id", "issued_at", name="letter_of_subject"),
            models.Index(fields=["tenant", "organization_id", "-issued_at"], name="letter_of_organization"),
            models.Index(
                "issued_at",
                name="letter_waiting",
                condition=Q(rendered_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(content_hash__regex=_SHA256),
                name="letter_content_hash_is_sha256",
            ),
            models.CheckConstraint(
                condition=Q(
                    rendered_at__isnull=True,
                    rendered_hash__isnull=True,
                    size__isnull=True,
                )
                | Q(
                    rendered_at__isnull=False,
                    rendered_hash__isnull=False,
                    rendered_hash__regex=_SHA256,
                    size__isnull=False,
                    size__gt=0,
                ),
                name="letter_rendered_all_or_nothing",
            ),
            models.CheckConstraint(
                condition=Q(visible_until__gt=F("issued_at")),
                name="letter_visible_after_issue",
            ),
        ]

    @property
    def title(self) -> str:
        """What the letter calls itself."""
        return str(self.content["title"])

    @property
    def filename(self) -> str:
        """R-7KQ4-93XM-partial-approval.pdf"""
        return f"{self.number}-{self.kind.replace('_', '-')}.pdf"
