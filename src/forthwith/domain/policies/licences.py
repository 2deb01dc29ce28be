"""Codes that nobody may ship without a licence: CPT, CDT and their like. Tenants map their own to service keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..criteria.problems import Path, Problem

HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
PUBLIC = frozenset((
    HCPCS, "http://www.cms.gov/Medicare/Coding/ICD10", "http://hl7.org/fhir/sid/icd-10-cm",
    "http://hl7.org/fhir/sid/ndc", "http://www.nlm.nih.gov/research/umls/rxnorm", "http://loinc.org",
))  # fmt: skip
OWN = "https://forthwith.example/"
_HCPCS = re.compile(r"[A-CE-V][0-9]{4}")  # those that begin with D are CDT
# Five digits, or four and a letter: CPT; D and four digits: CDT. As words of their own.
_LICENSED = re.compile(r"(?<![\w.,/-])(?:[0-9]{5}|[0-9]{4}[FMTU]|D[0-9]{4})(?![\w/-]|[.,][0-9])")
_FREE = frozenset({"url"})


def licensed(value: Any, path: Path = ()) -> Iterator[Problem]:
    """Every text that holds what looks like a licensed code (addresses apart)."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in _FREE:
                yield from licensed(one, (*path, key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from licensed(one, (*path, place))
    elif isinstance(value, str) and (found := _LICENSED.search(value)):
        yield Problem(path, f"{found[0]} looks like a code of a licensed set (CPT, CDT); use a service key (SVC:…)")


def coding(system: str, code: str, path: Path) -> Iterator[Problem]:
    """Why a coding may not be shipped."""
    if system not in PUBLIC and not system.startswith(OWN):
        yield Problem((*path, "system"), f"{system} is not among the public code systems; a tenant maps its own")
    elif system == HCPCS and not _HCPCS.fullmatch(code):
        yield Problem((*path, "code"), f"{code} is no code of HCPCS Level II")
