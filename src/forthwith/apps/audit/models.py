"""Events, seals and cursors. Verbs are plain text; the actor's id and name are copied."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Value

from forthwith.apps.keys import new_key


class Event(models.Model):
    """One thing that happened. Never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_key)
    position = models.BigIntegerField(db_default=Func(Value("audit_event_position"), function="nextval"))
    transaction = models.BigIntegerField(db_default=Func(function="forthwith_transaction"))
    tenant_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    verb = models.CharField(max_length=64)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    actor_kind = models.CharField(max_length=20)
    on_behalf_of = models.CharField(max_length=200, default="")
    portal = models.CharField(max_length=64, default="")
    purpose = models.CharField(max_length=64, default="")
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    subject_number = models.CharField(max_length=40, default="")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(F("transaction"), F("position"), name="event_reading_order"),
            models.Index("subject_id", "position", name="event_of_subject"),
        ]


class Seal(models.Model):
    """A sealed batch of one chain: its digest continues the head before it; its head is signed outside."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant_id = models.UUIDField(null=True)
    chain = models.CharField(max_length=64)
    number = models.BigIntegerField()
    after_transaction = models.BigIntegerField()
    after_position = models.BigIntegerField()
    upto_transaction = models.BigIntegerField()
    upto_position = models.BigIntegerField()
    count = models.IntegerField()
    head = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    key_id = models.CharField(max_length=16)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="one_seal_a_number")]


class Cursor(models.Model):
    """How far a reader has come, in commit order."""

    reader = models.CharField(max_length=64, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)
