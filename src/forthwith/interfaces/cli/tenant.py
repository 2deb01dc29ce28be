"""`forthwith tenant`: what a tenant tells of itself, from a file into the database, in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from . import console as terminal
from .database import with_database

_SECTIONS = ("payers", "providers", "codes", "members")


@click.group()
def tenant() -> None:
    """A tenant's own data: names that others use for its plans and providers, codes, members."""


@tenant.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only check the file; store nothing.")
@with_database
def load_command(file: Path, *, check: bool) -> None:
    """Load FILE (YAML or JSON): what is there already is brought up to date, what is not named stays.

    Every mistake is named by file, line and cause; then nothing is stored. The format is in
    docs/reference/tenant-data.md. A running server uses it from its next request on.
    """
    data = load(file, check=check)
    counts = ", ".join(f"{section} {len(data.get(section, ()))}" for section in _SECTIONS)
    terminal.notices().print(f"{'Sound' if check else 'Loaded'}: {data['tenant']}: {counts}.")


def load(file: Path, *, check: bool = False) -> dict[str, Any]:
    """Read the file, store it all or nothing, and return its document. Ends the command at the first mistakes."""
    from forthwith.domain.tenant_data import read_tenant_data

    document = read_tenant_data(file.read_text(encoding="utf-8", errors="replace"), file.name)
    _stop_on(document.problems)
    _load(document, check=check)
    found: dict[str, Any] = document.value
    return found


def _load(document: Any, *, check: bool) -> None:
    from forthwith.apps.authorizations.reference import reference
    from forthwith.apps.directory.queries import known_npis
    from forthwith.apps.tenancy.queries import tenant_of_key
    from forthwith.apps.tenancy.scope import scoped
    from forthwith.domain.tenant_data import unknown

    found = tenant_of_key(document.value["tenant"])
    if found is None:
        terminal.fail(f"there is no tenant {document.value['tenant']!r} in this database")
    with scoped([found.id]):
        known = reference(found.id)
        plans = {plan.key: plan for plan in known.plans.values()}
        npis = known_npis(one["npi"] for one in document.value.get("providers", ()))
        _stop_on(unknown(document, plans=plans, services=known.services, npis=npis))
        if not check:
            _store(document.value, found.id, plans)


def _store(data: dict[str, Any], tenant_id: Any, plans: dict[str, Any]) -> None:
    from forthwith.apps.audit import actions as audit
    from forthwith.apps.criteria import loads as criteria
    from forthwith.apps.directory import loads as directory
    from forthwith.apps.identity.actors import operator_of
    from forthwith.apps.tenancy import loads as tenancy

    payers = {one["identifier"]: plans[one["plan"]].payer_id for one in data.get("payers", ())}
    tenancy.load_other_names(tenant_id, "payer", payers)
    tenancy.load_other_names(tenant_id, "provider", {p["identifier"]: p["npi"] for p in data.get("providers", ())})
    criteria.load_codes(tenant_id, data.get("codes", ()))
    directory.bring_up_to_date(tenant_id, data.get("members", ()), {key: plan.id for key, plan in plans.items()})
    tenancy.configuration_changed(tenant_id)
    told = audit.Happening(
        verb="tenant_data_loaded", subject_type="tenant", subject_id=tenant_id,
        facts={section: len(data.get(section, ())) for section in _SECTIONS},
    )  # fmt: skip
    audit.record([told], tenant_id=tenant_id, by=operator_of(tenant_id), at=datetime.now(UTC))


def _stop_on(findings: list[Any]) -> None:
    if findings:
        terminal.fail("\n".join(str(finding) for finding in findings[:50]))
