"""The sample tenants as `policies/tenants/*.yaml` tells them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from forthwith.apps.criteria.loads import read_document

Document = dict[str, Any]


def policies() -> Path:
    """The policies' folder."""
    return Path(settings.FORTHWITH_POLICIES)


def tenants() -> list[Document]:
    """Every sample tenant by key, with its own `codes` (policies/tenants/<tenant>/codes.yaml)."""
    documents = [_tenant(path) for path in sorted((policies() / "tenants").glob("*.yaml"))]
    return sorted((one for one in documents if one.get("synthetic")), key=lambda one: str(one["key"]))


def service_names() -> dict[str, str]:
    """What each service of the catalogue is called."""
    return {one["key"]: one["name"] for one in read_document(policies() / "services.yaml")["services"]}


def _tenant(path: Path) -> Document:
    document: Document = read_document(path)
    own = path.with_suffix("") / "codes.yaml"
    return {**document, "codes": read_document(own) if own.is_file() else []}
