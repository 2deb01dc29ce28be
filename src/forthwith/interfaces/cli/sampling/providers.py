"""Clinicians, practices and facilities of the tenants' regions, and whose network they are in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from forthwith.domain.numbers import npi_of

from . import names
from .documents import Document

Row = dict[str, Any]
PRACTITIONERS = 40
SPECIALTIES = (
    ("pain medicine", "MD"), ("orthopedic surgery", "MD"), ("physical medicine", "DO"), ("neurosurgery", "MD"),
    ("rheumatology", "MD"), ("internal medicine", "MD"), ("family medicine", "DO"), ("anesthesiology", "MD"),
    ("radiology", "MD"), ("oncology", "MD"),
)  # fmt: skip
# Practitioners by place in their tenant: these are outside the network, and these were in it once.
OUTSIDE, ENDED = {12, 25, 38}, {18, 31}
WITH_PEOPLE = 2  # the first practices of each tenant have people who sign in


@dataclass
class Providers:
    """Rows of the directory; the ones of a tenant's own region by its key."""

    practitioners: list[Row] = field(default_factory=list)
    organizations: list[Row] = field(default_factory=list)
    affiliations: list[Row] = field(default_factory=list)
    network: list[Row] = field(default_factory=list)
    practices: dict[str, list[Row]] = field(default_factory=dict)
    facilities: dict[str, list[Row]] = field(default_factory=dict)
    clinicians: dict[str, list[Row]] = field(default_factory=dict)
    working_at: dict[Any, list[Row]] = field(default_factory=dict)
    in_network: dict[tuple[str, str], bool] = field(default_factory=dict)


def make(tenants: list[Document], today: date) -> Providers:
    """The providers of all tenants' regions."""
    made = Providers()
    for place, tenant in enumerate(tenants):
        _organizations(made, tenant, place)
        _practitioners(made, tenant, place)
        _network(made, tenant, today)
    return made


def _organizations(made: Providers, tenant: Document, place: int) -> None:
    region = str(tenant["towns"][0][0])
    kinds = [("practice", one) for one in names.PRACTICES] + [("facility", one) for one in names.FACILITIES]
    rows = [
        _organization(tenant, f"{region} {title}", kind, place, number) for number, (kind, title) in enumerate(kinds)
    ]
    made.organizations += rows
    made.practices[tenant["key"]] = [row for row in rows if row["kind"] == "practice"]
    made.facilities[tenant["key"]] = [row for row in rows if row["kind"] == "facility"]


def _organization(tenant: Document, name: str, kind: str, place: int, number: int) -> Row:
    dice = names.chance("organization", tenant["key"], number)
    return {
        "id": names.key("organization", tenant["key"], number), "npi": npi_of(f"1990{place}00{number:02d}"),
        "tin": f"0000{place}{number:04d}", "name": f"{name} (sample)", "kind": kind,
        "address": names.address(dice, tenant["towns"], tenant["state"]),
        "phone": names.phone(dice, tenant["area_code"]), "fax": names.phone(dice, tenant["area_code"]),
    }  # fmt: skip


def _practitioners(made: Providers, tenant: Document, place: int) -> None:
    practices = made.practices[tenant["key"]]
    rows = made.clinicians[tenant["key"]] = []
    for number in range(PRACTITIONERS):
        row = _practitioner(tenant, place, number)
        rows.append(row)
        employers = [practices[number % len(practices)]]
        if number % 9 == 0:
            employers.append(practices[(number + 3) % len(practices)])
        for one in employers:
            made.affiliations.append({
                "id": names.key("affiliation", row["npi"], one["npi"]), "practitioner_id": row["id"],
                "organization_id": one["id"],
            })  # fmt: skip
            made.working_at.setdefault(one["id"], []).append(row)
    made.practitioners += rows


def _practitioner(tenant: Document, place: int, number: int) -> Row:
    dice = names.chance("practitioner", tenant["key"], number)
    specialty, letters = SPECIALTIES[number % len(SPECIALTIES)]
    first = dice.choice(names.FIRST_F if dice.random() < 0.5 else names.FIRST_M)
    return {
        "id": names.key("practitioner", tenant["key"], number), "npi": npi_of(f"1991{place}0{number:03d}"),
        "first_name": first, "last_name": dice.choice(names.LAST), "credentials": letters, "specialty": specialty,
    }  # fmt: skip


def _network(made: Providers, tenant: Document, today: date) -> None:
    begun = date(today.year - 3, 1, 1)
    ended = today - timedelta(days=60)
    spans: list[tuple[str, date | None]] = [(row["npi"], None) for row in made.practices[tenant["key"]]]
    spans += [(row["npi"], None) for row in made.facilities[tenant["key"]][:-1]]  # the last is outside
    for number, row in enumerate(made.clinicians[tenant["key"]]):
        if number not in OUTSIDE:
            spans.append((row["npi"], ended if number in ENDED else None))
    for npi, until in spans:
        made.in_network[tenant["key"], npi] = until is None
        made.network.append({
            "id": names.key("network", tenant["key"], npi), "tenant_id": names.key("tenant", tenant["key"]), "npi": npi,
            "effective_from": begun, "effective_to": until, "electronic_delivery": True,
        })  # fmt: skip
