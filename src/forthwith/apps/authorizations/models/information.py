"""What was asked of the office and answered; which notice reached whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Tenant

from .authorization import Authorization

MEANS = ["portal", "fhir", "mail", "fax", "oral"]


class InformationRequest(models.Model):
    """A request for information or a send-back; open until answered."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    authorization = models.ForeignKey(Authorization, models.PROTECT, related_name="information_requests")
    kind = models.CharField(max_length=12, choices=[("ask", "ask"), ("send_back", "send back")])
    questions = models.JSONField(default=list)
    message = models.TextField()
    reply_by = models.DateTimeField(null=True)
    asked_by_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    answer = models.TextField(default="")
    answers = models.JSONField(default=dict)
    answered_by_name = models.CharField(max_length=200, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by_name="")
                | (Q(answered_at__isnull=False) & ~Q(answered_by_name="")),
                name="answered_at_and_by",
            ),
            models.UniqueConstraint(
                fields=["authorization"],
                condition=Q(answered_at__isnull=True),
                name="one_open_question",
            ),
        ]


class NoticeGiven(models.Model):
    """A notice that reached a recipient: by what means, and when."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    authorization = models.ForeignKey(Authorization, models.PROTECT, related_name="notices_given")
    recipient = models.CharField(max_length=12, choices=[("requester", "requester"), ("member", "member")])
    means = models.CharField(
        max_length=12,
        choices=[(m, m) for m in MEANS],
    )
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__in=["requester", "member"], means__in=MEANS) & ~Q(by_name=""),
                name="notice_to_somebody_by_some_means",
            )
        ]
