"""Loading policies for a tenant: packages, the service catalogue and the codes that name services."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from forthwith.domain import policies

from .models import Package, Service, ServiceCode

SERVICE_SYSTEM = "https://forthwith.example/codes/service"


class PolicyUnreadable(ValueError):
    """A policy file can't be read; the message names file, line and cause."""


def read_document(path: Path) -> Any:
    """A policy file's document (days stay text, as in JSON). Raises PolicyUnreadable."""
    document = policies.read(path.read_text(encoding="utf-8"), path.name)
    if document.problems:
        raise PolicyUnreadable(str(document.problems[0]))
    return document.value


def load_policies(tenant_id: UUID, folder: Path, *, codes: Iterable[Mapping[str, str]] = ()) -> None:
    """Store the folder's packages and services for a tenant; `codes` are the tenant's own: system, code, service."""
    load_packages(tenant_id, folder)
    entries = read_document(folder / "services.yaml")["services"]
    Service.objects.bulk_create(_service(tenant_id, entry) for entry in entries)
    named = {(code["system"], code["code"]): code["service"] for code in codes}
    for entry in entries:
        named[SERVICE_SYSTEM, entry["key"]] = entry["key"]
        for coding in entry.get("codings", ()):
            named.setdefault((coding["system"], coding["code"]), entry["key"])
    ServiceCode.objects.bulk_create(
        ServiceCode(tenant_id=tenant_id, system=system, code=code, service=service)
        for (system, code), service in named.items()
    )


def load_packages(tenant_id: UUID, folder: Path) -> None:
    """Store every package of the folder for a tenant."""
    paths = sorted((folder / "packages").rglob("*.yaml"))
    Package.objects.bulk_create(_package(tenant_id, read_document(path)) for path in paths)


def _package(tenant_id: UUID, document: Mapping[str, Any]) -> Package:
    text = msgspec.json.encode(document, order="sorted")
    ends = document.get("effective_to")
    return Package(
        tenant_id=tenant_id, key=document["key"], version=str(document["version"]), title=document["title"],
        effective_from=date.fromisoformat(document["effective_from"]),
        effective_to=date.fromisoformat(ends) if ends else None,
        document=document, digest=hashlib.sha256(text).hexdigest(),
    )  # fmt: skip


def _service(tenant_id: UUID, entry: Mapping[str, Any]) -> Service:
    return Service(
        tenant_id=tenant_id, key=entry["key"], name=entry["name"], category=entry["category"],
        program=entry.get("program", ""), unit=entry["unit"], item_class=entry["item_class"],
        package=entry.get("package", ""), specialties=entry.get("specialties", []),
    )  # fmt: skip


def load_codes(tenant_id: UUID, codes: Iterable[Mapping[str, str]]) -> None:
    """Store codes that name services; a code that is there already means the new service from now on."""
    ServiceCode.objects.bulk_create(
        (ServiceCode(tenant_id=tenant_id, **{name: one[name] for name in ("system", "code", "service")}) for one in codes),
        update_conflicts=True, unique_fields=["tenant", "system", "code"], update_fields=["service"],
    )  # fmt: skip
