"""Services, code mappings and compiled packages of a tenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from forthwith.domain.criteria import Package, compile_package

from . import models


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFound:
    """A service that can be asked for."""

    key: str
    name: str
    category: str
    program: str
    unit: str
    item_class: str
    package: str
    specialties: frozenset[str]


def services(tenant_id: UUID) -> dict[str, ServiceFound]:
    """The tenant's services by key, in the order of the catalogue's names."""
    rows = models.Service.objects.filter(tenant_id=tenant_id).order_by("category", "name")
    return {
        row.key: ServiceFound(
            key=row.key, name=row.name, category=row.category, program=row.program, unit=row.unit,
            item_class=row.item_class, package=row.package, specialties=frozenset(row.specialties),
        )
        for row in rows
    }  # fmt: skip


def service_codes(tenant_id: UUID) -> dict[tuple[str, str], str]:
    """Service keys by (system, code)."""
    rows = models.ServiceCode.objects.filter(tenant_id=tenant_id)
    return {(row.system, row.code): row.service for row in rows}


def packages(tenant_id: UUID) -> dict[str, tuple[Package, ...]]:
    """Compiled packages by key, newest first."""
    found: dict[str, list[Package]] = {}
    for row in models.Package.objects.filter(tenant_id=tenant_id).order_by("-effective_from", "-version"):
        found.setdefault(row.key, []).append(_compiled(row.digest, row))
    return {key: tuple(versions) for key, versions in found.items()}


class _Document:
    """A document that hashes by its digest, so that the same text is compiled once a process."""

    def __init__(self, digest: str, row: models.Package) -> None:
        self.digest, self.row = digest, row

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Document) and other.digest == self.digest


@lru_cache(maxsize=512)
def _compile(document: _Document) -> Package:
    return compile_package(document.row.document)


def _compiled(digest: str, row: models.Package) -> Package:
    return _compile(_Document(digest, row))


def in_force(versions: tuple[Package, ...], on: date) -> Package | None:
    """The version in force on a day, or None."""
    return next((package for package in versions if package.in_force(on)), None)
