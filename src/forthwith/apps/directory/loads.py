"""Loading members, coverage, clinicians, organizations and networks in bulk, from plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from .models import Affiliation, Coverage, Member, NetworkEntry, Organization, Practitioner
from .queries import plain_name, plain_number

_AT_A_TIME = 1000


def load_practitioners(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store clinicians; each mapping holds the columns by name."""
    Practitioner.objects.bulk_create((Practitioner(**row) for row in rows), batch_size=_AT_A_TIME)


def load_organizations(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store practices, facilities and vendors."""
    Organization.objects.bulk_create((Organization(**row) for row in rows), batch_size=_AT_A_TIME)


def load_affiliations(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store who works where."""
    Affiliation.objects.bulk_create((Affiliation(**row) for row in rows), batch_size=_AT_A_TIME)


def load_network(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store who is in a tenant's network from when to when."""
    NetworkEntry.objects.bulk_create((NetworkEntry(**row) for row in rows), batch_size=_AT_A_TIME)


def load_members(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store members; names and numbers are also kept as searches compare them."""
    Member.objects.bulk_create((_member(row) for row in rows), batch_size=_AT_A_TIME)


def load_coverages(rows: Iterable[Mapping[str, Any]]) -> None:
    """Store spans of coverage."""
    Coverage.objects.bulk_create((Coverage(**row) for row in rows), batch_size=_AT_A_TIME)


def bring_up_to_date(tenant_id: UUID, members: Iterable[Mapping[str, Any]], plans: Mapping[str, UUID]) -> None:
    """Store these members by number, and their spans of coverage by plan and first day; what is not named stays.

    Each mapping holds the columns by name, and `coverage`: spans with the key of a plan.
    """
    for given in members:
        row = _member({"tenant_id": tenant_id, **{name: value for name, value in given.items() if name != "coverage"}})
        values = {f.attname: getattr(row, f.attname) for f in Member._meta.fields if f.attname in _CHANGED | set(given)}
        member, _ = Member.objects.update_or_create(tenant_id=tenant_id, number=row.number, defaults=values)
        for span in given["coverage"]:
            Coverage.objects.update_or_create(
                tenant_id=tenant_id, member=member, plan_id=plans[span["plan"]], starts_on=span["starts_on"],
                defaults={"ends_on": span.get("ends_on"), "priority": span.get("priority", 1)},
            )  # fmt: skip


_CHANGED = {"first_name_plain", "last_name_plain"}


def _member(row: Mapping[str, Any]) -> Member:
    return Member(
        **{**row, "number": plain_number(row["number"])},
        first_name_plain=plain_name(row["first_name"]), last_name_plain=plain_name(row["last_name"]),
    )  # fmt: skip
