"""Loading people, their roles, credentials and second factors, and clients with tokens, in bulk.

For made-up worlds and migrations from elsewhere: passwords come hashed, secrets and tokens come made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from forthwith.apps.tenancy.queries import PortalFound

from .actors import Actor
from .models import Client, Credential, Grant, Person, Token
from .queries import actor_of_person, digest_of


def load_people(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store people; `password` is what `make_password` gave."""
    Person.objects.bulk_create(Person(**row) for row in rows)


def load_grants(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store who holds which role where."""
    Grant.objects.bulk_create(Grant(**row) for row in rows)


def load_credentials(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store what reviewers are (rows of the tenants in scope only)."""
    Credential.objects.bulk_create(Credential(**row) for row in rows)


def load_secrets(secrets: Mapping[UUID, str], *, at: datetime) -> None:
    """Store TOTP secrets (base32) by person, kept as allauth keeps them."""
    seal = get_adapter().encrypt
    Authenticator.objects.bulk_create(
        Authenticator(user_id=person, type=Authenticator.Type.TOTP, data={"secret": seal(secret)}, created_at=at)
        for person, secret in secrets.items()
    )


def load_clients(rows: Iterable[Mapping[str, Any]], tokens: Mapping[UUID, str], *, at: datetime) -> None:
    """Store clients, and one bearer token for each (only its digest is kept)."""
    Client.objects.bulk_create(Client(**row) for row in rows)
    Token.objects.bulk_create(
        Token(digest=digest_of(token), client_id=client, issued_at=at) for client, token in tokens.items()
    )


def actor_named(username: str, portal: PortalFound, *, at: datetime) -> Actor:
    """The person of this username at a portal, acting at a moment. Raises LookupError where they hold no role there."""
    person = Person.objects.get_by_natural_key(username)
    actor = actor_of_person(person, portal, at=at)
    if actor is None:
        raise LookupError(f"{username} holds no role at {portal.key}")
    return actor
