"""Finding people and places: members by full combinations only; clinicians and facilities by NPI or name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from forthwith.apps.sql import one, read_date, read_json

from .models import Affiliation, Coverage, Member, NetworkEntry, Organization, Practitioner


def plain_name(name: str) -> str:
    """A name as searches compare it: no accents, no case, single spaces."""
    letters = unicodedata.normalize("NFKD", name)
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).casefold().split())


def plain_number(number: str) -> str:
    """A member number as searches compare it: no spaces or hyphens, upper case."""
    return number.replace(" ", "").replace("-", "").upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageFound:
    """One span of coverage."""

    id: UUID
    plan_id: UUID
    starts_on: date
    ends_on: date | None
    priority: int

    def covers(self, day: date) -> bool:
        """Is this day within the span (both ends included)?"""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFound:
    """A member with coverage, as a request needs them."""

    id: UUID
    number: str
    first_name: str
    last_name: str
    last_name_plain: str
    birth_on: date
    sex: str
    address: dict[str, Any]
    phone: str
    language: str
    coverages: tuple[CoverageFound, ...]

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFound:
    """A practitioner or an organization, and whether the tenant has them in network on the day."""

    id: UUID
    npi: str
    name: str
    specialty: str
    is_person: bool
    in_network: bool
    electronic_delivery: bool
    phone: str
    address: dict[str, Any]


#: Three columns for a SELECT: the member, organizations and practitioners that a request names. Other statements may
#: carry them; their placeholders are `tenant`, `number`, `npis` and `on`, as `for_request_values` gives them.
FOR_REQUEST = """
 (SELECT jsonb_build_object('id', m.id, 'number', m.number, 'first_name', m.first_name, 'last_name', m.last_name,
   'last_name_plain', m.last_name_plain, 'birth_on', m.birth_on, 'sex', m.sex, 'address', m.address,
   'phone', m.phone, 'language', m.language,
   'coverages', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'plan_id', c.plan_id,
       'starts_on', c.starts_on, 'ends_on', c.ends_on, 'priority', c.priority) ORDER BY c.priority), '[]')
     FROM directory_coverage c WHERE c.member_id = m.id))
  FROM directory_member m WHERE m.tenant_id = %(tenant)s AND m.number = %(number)s),
 (SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'npi', o.npi, 'name', o.name, 'specialty', '',
    'is_person', false, 'phone', o.phone, 'address', o.address,
    'network', (SELECT jsonb_build_array(n.electronic_delivery) FROM directory_networkentry n
       WHERE n.tenant_id = %(tenant)s AND n.npi = o.npi AND n.effective_from <= %(on)s
         AND (n.effective_to IS NULL OR n.effective_to >= %(on)s) LIMIT 1))), '[]')
  FROM directory_organization o WHERE o.npi = ANY (%(npis)s)),
 (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'npi', p.npi,
    'name', concat_ws(' ', p.first_name, p.last_name) || CASE WHEN p.credentials = '' THEN '' ELSE ', ' || p.credentials END,
    'specialty', p.specialty, 'is_person', true, 'phone', '', 'address', '{}'::jsonb,
    'network', (SELECT jsonb_build_array(n.electronic_delivery) FROM directory_networkentry n
       WHERE n.tenant_id = %(tenant)s AND n.npi = p.npi AND n.effective_from <= %(on)s
         AND (n.effective_to IS NULL OR n.effective_to >= %(on)s) LIMIT 1))), '[]')
  FROM directory_practitioner p WHERE p.npi = ANY (%(npis)s))
"""


def for_request(
    tenant_id: UUID, *, number: str, npis: Iterable[str], on: date
) -> tuple[MemberFound | None, dict[str, ProviderFound]]:
    """Member by number and providers by NPI, with coverage and network, in one statement."""
    row = one(f"SELECT {FOR_REQUEST}", for_request_values(tenant_id, number=number, npis=npis, on=on))
    assert row is not None
    return for_request_read(row)


def for_request_values(tenant_id: UUID, *, number: str, npis: Iterable[str], on: date) -> dict[str, Any]:
    """The values that FOR_REQUEST names."""
    return {"tenant": tenant_id, "number": plain_number(number), "npis": list(npis), "on": on}


def for_request_read(columns: Sequence[str | None]) -> tuple[MemberFound | None, dict[str, ProviderFound]]:
    """The three columns of FOR_REQUEST as values."""
    member, organizations, practitioners = map(read_json, columns)
    providers = [_provider(found) for found in (*organizations, *practitioners)]
    return (_member(member) if member else None), {found.npi: found for found in providers}


def _member(found: dict[str, Any]) -> MemberFound:
    spans = tuple(
        CoverageFound(
            id=UUID(span["id"]),
            plan_id=UUID(span["plan_id"]),
            starts_on=date.fromisoformat(span["starts_on"]),
            ends_on=read_date(span["ends_on"]),
            priority=span["priority"],
        )
        for span in found["coverages"]
    )
    return MemberFound(
        **{
            **found,
            "id": UUID(found["id"]),
            "birth_on": date.fromisoformat(found["birth_on"]),
            "coverages": spans,
        }
    )


def _provider(found: dict[str, Any]) -> ProviderFound:
    network = found.pop("network")
    return ProviderFound(
        **{**found, "id": UUID(found["id"])},
        in_network=bool(network),
        electronic_delivery=bool(network and network[0]),
    )


def members_by_combination(
    tenant_id: UUID, *, last_name: str = "", first_name: str = "", number: str = "", birth_on: date | None = None
) -> list[Member]:
    """Members by last + first name + birth date, or number + birth date. Anything less finds nobody (S0-10)."""
    found = Member.objects.filter(tenant_id=tenant_id)
    if birth_on is None:
        return []
    if number:
        return list(found.filter(number=plain_number(number), birth_on=birth_on)[:2])
    if last_name and first_name:
        return list(
            found.filter(
                last_name_plain=plain_name(last_name), first_name_plain=plain_name(first_name), birth_on=birth_on
            )[:10]
        )
    return []


def member(tenant_id: UUID, member_id: UUID) -> Member | None:
    """A member of this tenant by key, or None."""
    return Member.objects.filter(tenant_id=tenant_id, id=member_id).first()


def coverages_of(member_id: UUID) -> QuerySet[Coverage]:
    """The member's spans of coverage with their plans, the present one first."""
    return Coverage.objects.filter(member_id=member_id).select_related("plan").order_by("priority", "-starts_on")


def practitioners_of(organization_id: UUID) -> list[Practitioner]:
    """The clinicians who work for an organization, by name."""
    rows = Affiliation.objects.filter(organization_id=organization_id).select_related("practitioner")
    return sorted((row.practitioner for row in rows), key=lambda p: (p.last_name, p.first_name))


def facilities_in_network(tenant_id: UUID, *, on: date) -> list[Organization]:
    """Facilities that the tenant has in network on this day, by name."""
    npis = NetworkEntry.objects.filter(tenant_id=tenant_id, effective_from__lte=on).exclude(effective_to__lt=on)
    return list(Organization.objects.filter(kind="facility", npi__in=npis.values("npi")).order_by("name"))


def known_npis(npis: Iterable[str]) -> set[str]:
    """Those of the NPIs that belong to a practitioner or an organization of the directory."""
    asked = list(npis)
    organizations = Organization.objects.filter(npi__in=asked).values_list("npi", flat=True)
    return {*organizations, *Practitioner.objects.filter(npi__in=asked).values_list("npi", flat=True)}


def accepts_electronic(tenant_id: UUID, npi: str, *, on: date) -> bool:
    """Is this provider contracted on this day, and did it accept notices electronically?"""
    rows = NetworkEntry.objects.filter(tenant_id=tenant_id, npi=npi, effective_from__lte=on, electronic_delivery=True)
    return rows.exclude(effective_to__lt=on).exists()


def organization(organization_id: UUID) -> Organization:
    """An organization by key."""
    return Organization.objects.get(pk=organization_id)
