"""The sample world of a day, as one value; the same day and installation give the same world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from . import documents, members, people, providers
from .documents import Document

SETTING = "sample_world"  # the setting of each sample tenant that says when its world was made
EAST = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class World:
    """Tenants as documents, and rows by the columns' names."""

    at: datetime
    tenants: list[Document]
    providers: providers.Providers
    members: members.Members
    people: people.People


def make(at: datetime) -> World:
    """The world as it is loaded at this moment."""
    today = at.astimezone(EAST).date()
    tenants = documents.tenants()
    around = providers.make(tenants, today)
    return World(
        at=at, tenants=tenants, providers=around, members=members.make(tenants, today),
        people=people.make(tenants, around, at),
    )  # fmt: skip
