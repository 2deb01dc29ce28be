"""Persons and the roles they hold; reviewers' credentials; clients and their tokens."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from forthwith.apps.directory.models import Organization
from forthwith.apps.keys import new_key
from forthwith.apps.tenancy.models import Portal, Tenant
from forthwith.domain.permissions import ROLES
from forthwith.domain.reviewers import ReviewerKind


class People(BaseUserManager["Person"]):
    """Finds a person by the name they sign in with, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person of this username (case-insensitive)."""
        return self.get(username__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who signs in. One person, one account."""

    id = models.UUIDField(primary_key=True, default=new_key)
    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=160)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = People()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="one_person_a_username")]

    def get_full_name(self) -> str:
        """The person's name."""
        return self.name


class Grant(models.Model):
    """A person holds a role at a portal, for an organization (provider side) or for the tenant (staff)."""

    id = models.UUIDField(primary_key=True, default=new_key)
    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    portal = models.ForeignKey(Portal, models.PROTECT)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True)
    role = models.CharField(max_length=40, choices=[(key, role.title) for key, role in ROLES.items()])
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "portal"], name="grant_of_person")]


class Credential(models.Model):
    """What a reviewer is, as it stood: rows are added, never changed, so that a determination can point at one."""

    id = models.UUIDField(primary_key=True, default=new_key)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    person = models.ForeignKey(Person, models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in ReviewerKind])
    title = models.CharField(max_length=80)
    specialty = models.CharField(max_length=60, default="")
    licence_number = models.CharField(max_length=40, default="")
    licence_states = models.JSONField(default=list)
    licence_expires_on = models.DateField()
    statement_signed_on = models.DateField()
    statement_expires_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "id",
                    "tenant",
                    "person",
                    "kind",
                    "licence_expires_on",
                    "statement_expires_on",
                ],
                name="credential_as_copied",
            )
        ]


class Client(models.Model):
    """A machine that asks for an organization."""

    id = models.UUIDField(primary_key=True, default=new_key)
    portal = models.ForeignKey(Portal, models.PROTECT)
    organization = models.ForeignKey(Organization, models.PROTECT)
    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    role = models.CharField(max_length=40, default="ehr")
    is_active = models.BooleanField(default=True)


class Token(models.Model):
    """A bearer token, kept only as its SHA-256."""

    digest = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(Client, models.CASCADE)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
