"""Checking all policy files together: each kind by its own room, in the order in which they name one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from . import packages, services, tenants, times
from .reading import Document, Finding, read
from .report import Report


def check(files: Mapping[str, str], unreadable: Iterable[Finding] = ()) -> Report:
    """Checks texts by file name (docs/reference/policy-format.md says which lie where); passes over others.

    `unreadable`: files that the caller could not even open as text.
    """
    report = Report(findings=list(unreadable))
    names = [finding.file for finding in report.findings]
    documents = [read(text, name) for name, text in sorted(files.items()) if _kind(name)]
    for document in documents:
        report.findings += document.problems
    names += [document.name for document in documents if document.value is None]
    report.blind = any(_kind(name) == "packages" for name in names)
    for document in _of("packages", documents):
        packages.check_package(document, report)
    for document in _of("services", documents):
        services.check_services(document, report)
    levels = times.check_allowances(list(_of("allowances", documents)), report)
    plans = {
        found.key: found
        for document in _of("tenants", documents)
        if (found := tenants.check_tenant(document, levels, report))
    }
    for document in _of("codes", documents):
        tenants.check_codes(document, report)
    for document in _of("requirements", documents):
        services.check_rules(document, plans, report)
    for document in _of("packages", documents):
        packages.check_named(document, report)
    report.findings = sorted(set(report.findings))
    return report


def _kind(name: str) -> str:
    """What a file is, by where it lies; empty for files that are none of ours."""
    folder, _, inner = name.partition("/")
    if name == "services.yaml":
        return "services"
    if folder == "tenants":
        return "codes" if inner.endswith("/codes.yaml") else "" if "/" in inner else "tenants"
    return folder if inner and folder in ("packages", "requirements", "allowances") else ""


def _of(kind: str, documents: list[Document]) -> Iterator[Document]:
    return (document for document in documents if document.value is not None and _kind(document.name) == kind)
