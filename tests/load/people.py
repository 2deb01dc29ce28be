"""People of the sample world, for measuring inside this process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from forthwith.apps.identity.models import Person
from forthwith.apps.tenancy.queries import PortalFound, portal_of_host


def now() -> datetime:
    """The instant."""
    return datetime.now(UTC)


def of(world: dict[str, Any], role: str) -> tuple[Person, PortalFound]:
    """Somebody with this role, and their portal."""
    one = next(person for person in world["people"] if role in person["roles"])
    host = next(portal["host"] for portal in world["portals"] if portal["key"] == one["portal"])
    portal = portal_of_host(host)
    assert portal is not None
    return Person.objects.get(username=one["username"]), portal
