"""A small world for tests: one tenant by default, with plans, people, members and the shipped policies."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import yaml
from django.conf import settings

from forthwith.apps.authorizations.asking import Asked, LineAsked, MemberAsked
from forthwith.apps.authorizations.reference import forget
from forthwith.apps.criteria.models import Package, Service, ServiceCode
from forthwith.apps.directory.models import Coverage, Member, NetworkEntry, Organization, Practitioner
from forthwith.apps.directory.queries import plain_name
from forthwith.apps.identity.actors import Actor
from forthwith.apps.identity.models import Client, Credential, Grant, Person, Token
from forthwith.apps.identity.queries import actor_of_person, digest_of
from forthwith.apps.sql import run
from forthwith.apps.tenancy.models import Plan, Portal, RequirementRule, Tenant
from forthwith.apps.tenancy.queries import PortalFound, forget_portals, portal_of_host
from forthwith.domain.numbers import npi_of
from forthwith.domain.requirements import read_rules
from forthwith.domain.words import Channel, Urgency

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LETTERHEAD = {
    "address": ["1 Sample Way", "Albany, NY 12203"], "phone": "1-800-555-0131", "appeal_phone": "1-800-555-0132",
    "appeal_fax": "1-800-555-0133", "appeal_address": ["PO Box 1", "Albany, NY 12203"],
    "peer_to_peer_phone": "1-800-555-0134", "languages": ["es"],
    "help_lines": [{"name": "Sample help line", "phone": "1-800-555-0135"}],
}  # fmt: skip
MEETS = {
    "region": "lumbar", "pain_cause": "radicular", "pain_weeks": "7", "pain_score": "8", "function_scored": "yes",
    "active_infection": "no", "imaging_concordant": "yes", "conservative_care": ["therapy", "medicine"],
    "conservative_weeks": "6", "image_guidance": "yes", "levels": "2", "sessions_12m": "0",
}  # fmt: skip
_numbers = itertools.count(1)


def _npi() -> str:
    return npi_of(f"1{next(_numbers):08d}")


@dataclass
class World:
    """Everything a request needs."""

    tenant: Tenant
    portal: PortalFound
    plan: Plan
    member: Member
    coverage: Coverage
    office: Organization
    facility: Organization
    doctor: Practitioner
    actors: dict[str, Actor] = field(default_factory=dict)
    token: str = ""

    def __getitem__(self, role: str) -> Actor:
        return self.actors[role]


def scope(*tenants: Tenant) -> None:
    """Let the test's own transaction see these tenants."""
    names = ",".join(str(tenant.id) for tenant in tenants)
    run("SELECT set_config('forthwith.tenants', %s, true)", [names])


def world(
    key: str = "empire-spine", *, line_of_business: str = "medicare_advantage", rules: str = "empire-spine", **plan: Any
) -> World:
    """A tenant with the shipped policies, one practice, one facility, one member, and staff of each kind.

    `plan` is what its plan is otherwise: state, accredited, service_levels.
    """
    tenant = Tenant.objects.create(key=key, name=f"Sample {key}", state="NY", zone="America/New_York", letterhead=LETTERHEAD, synthetic=True)  # fmt: skip
    scope(tenant)
    forget()
    forget_portals()
    Portal.objects.create(tenant=tenant, key=key, host=f"{key}.localhost", name=f"Sample {key}")
    portal = portal_of_host(f"{key}.localhost")
    assert portal is not None
    made_plan = Plan.objects.create(
        tenant=tenant, key=f"{key}-plan", payer_id=f"PAYER-{key}".upper(), name="Sample Advantage",
        line_of_business=line_of_business, **{"state": "NY", "zone": "America/New_York", **plan},
    )  # fmt: skip
    _policies(tenant, rules)
    office = Organization.objects.create(npi=_npi(), tin="000000001", name="Sample Spine Office", kind="practice", phone="518-555-0101", address={"lines": ["2 Sample Way"], "city": "Albany", "state": "NY", "zip": "12203"})  # fmt: skip
    facility = Organization.objects.create(npi=_npi(), tin="000000002", name="Sample Surgery Center", kind="facility")
    doctor = Practitioner.objects.create(npi=_npi(), first_name="Imogen", last_name="Sampleton", credentials="MD", specialty="pain medicine")  # fmt: skip
    for npi in (office.npi, facility.npi, doctor.npi):
        NetworkEntry.objects.create(tenant=tenant, npi=npi, effective_from=date(2020, 1, 1))
    member, coverage = add_member(tenant, made_plan)
    made = World(tenant, portal, made_plan, member, coverage, office, facility, doctor)
    _people(made)
    return made


def add_member(
    tenant: Tenant, plan: Plan, *, number: str = "", last_name: str = "Fenwick-Sample"
) -> tuple[Member, Coverage]:
    """A member with coverage since 2020."""
    number = number or f"SMP{next(_numbers):08d}"
    member = Member.objects.create(
        tenant=tenant, number=number, first_name="Marigold", last_name=last_name, first_name_plain="marigold",
        last_name_plain=plain_name(last_name), birth_on=date(1951, 3, 14), sex="F",
        address={"lines": ["3 Sample Way"], "city": "Albany", "state": "NY", "zip": "12203"},
    )  # fmt: skip
    return member, Coverage.objects.create(tenant=tenant, member=member, plan=plan, starts_on=date(2020, 1, 1))


def _policies(tenant: Tenant, rules: str) -> None:
    root = settings.FORTHWITH_POLICIES
    entries = _read("services.yaml")["services"]
    Service.objects.bulk_create(
        Service(
            tenant=tenant, key=entry["key"], name=entry["name"], category=entry["category"],
            program=entry.get("program", ""), unit=entry["unit"], item_class=entry["item_class"],
            package=entry.get("package", ""), specialties=entry.get("specialties", []),
        )
        for entry in entries
    )  # fmt: skip
    system = "https://forthwith.example/codes/service"
    ServiceCode.objects.bulk_create(
        ServiceCode(tenant=tenant, system=system, code=entry["key"], service=entry["key"]) for entry in entries
    )
    Package.objects.bulk_create(
        _package(tenant, str(path.relative_to(root))) for path in sorted((root / "packages").rglob("*.yaml"))
    )
    RequirementRule.objects.bulk_create(
        RequirementRule(
            tenant=tenant, key=rule.id, plan="", product="", program=rule.program, service=rule.service,
            place=rule.place, in_network=rule.in_network, answer=rule.answer, owner=rule.owner, reason=rule.reason,
            effective_from=rule.effective_from, effective_to=rule.effective_to,
        )
        for rule in read_rules(_read(f"requirements/{rules}.yaml"))
    )  # fmt: skip


@cache
def _read(name: str) -> Any:
    return yaml.safe_load((settings.FORTHWITH_POLICIES / name).read_text())


def _package(tenant: Tenant, name: str) -> Package:
    document = _read(name)
    return Package(
        tenant=tenant, key=document["key"], version=str(document["version"]), title=document["title"],
        effective_from=document["effective_from"], effective_to=document.get("effective_to"), document=_json(document),
        digest=hashlib.sha256(name.encode()).hexdigest(),
    )  # fmt: skip


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


STAFF = {
    "nurse": ("nurse", "Registered nurse", "spine"),
    "physician": ("physician", "Medical director", "orthopedic surgery"),
    "physician_overdue": ("physician", "Medical director", "orthopedic surgery"),
    "physician_other": ("physician", "Medical director", "dermatology"),
    "pharmacist": ("pharmacist", "Pharmacist", ""),
}


def _people(made: World) -> None:
    made.actors["coordinator"] = add_person(made, "coordinator", made.office)
    made.actors["biller"] = add_person(made, "biller", made.office)
    for name in ("intake", "supervisor", "auditor"):
        made.actors[name] = add_person(made, name, None)
    for name, (kind, title, specialty) in STAFF.items():
        made.actors[name] = add_person(made, name.partition("_")[0], None)
        Credential.objects.create(
            tenant=made.tenant, person_id=made.actors[name].id, kind=kind, title=title, specialty=specialty,
            licence_number="S-1", licence_states=["NY"], licence_expires_on=date(2027, 6, 30),
            statement_signed_on=date(2026, 1, 1),
            statement_expires_on=date(2026, 10, 1) if name == "physician_overdue" else date(2026, 12, 31),
            recorded_at=AT,
        )  # fmt: skip
    client = Client.objects.create(portal_id=made.portal.id, organization=made.office, key=f"ehr-{made.tenant.key}", name="Sample EHR")  # fmt: skip
    made.token = f"token-of-{made.tenant.key}"
    Token.objects.create(digest=digest_of(made.token), client=client, issued_at=AT)


def add_person(made: World, role: str, organization: Organization | None) -> Actor:
    """A person with this role at the world's portal, as their Actor."""
    person = Person.objects.create(username=f"{role}{next(_numbers)}", name=f"Sample {role}", created_at=AT)
    Grant.objects.create(person=person, portal_id=made.portal.id, organization=organization, role=role, granted_at=AT)
    actor = actor_of_person(person, made.portal, at=AT)
    assert actor is not None
    return actor


def asked(made: World, *lines: LineAsked, answers: dict[str, Any] | None = None, key: str = "", **more: Any) -> Asked:
    """A request for one injection that meets the criteria, unless said otherwise."""
    values: dict[str, Any] = {
        "channel": Channel.PORTAL, "key": key or f"key-{next(_numbers)}",
        "member": MemberAsked(number=made.member.number, birth_on=made.member.birth_on),
        "requester_npi": made.office.npi, "practitioner_npi": made.doctor.npi, "diagnoses": ("M54.16",),
        "urgency": Urgency.STANDARD, "lines": lines or (line(),),
        "answers": {"MSK-ESI": MEETS if answers is None else answers},
    }  # fmt: skip
    values |= more
    values.setdefault("digest", hashlib.sha256(repr(sorted(values.items(), key=lambda kv: kv[0])).encode()).hexdigest())
    return Asked(**values)


def line(sequence: int = 1, service: str = "SVC:ESI-TF1", units: int | Decimal = 1, **more: Any) -> LineAsked:
    """One line, to be done in two weeks."""
    values: dict[str, Any] = {"from_on": date(2026, 12, 7), "place": "11", **more}
    return LineAsked(sequence=sequence, service=service, units=Decimal(units), **values)
