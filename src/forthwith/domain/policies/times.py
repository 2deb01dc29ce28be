"""Checking allowances: each document by itself, then all together (versions that overlap, levels that tenants name)."""

from __future__ import annotations

from ..allowances import BookInvalid, Layer, read_book
from ..criteria.problems import Problem
from .reading import Document
from .report import Report


def check_allowances(documents: list[Document], report: Report) -> frozenset[str] | None:
    """The service levels that the allowances know; None when there are none, or they cannot be read."""
    sound = [document for document in documents if _reads(document, report)]
    if len(sound) < len(documents) or not sound:
        return None
    try:
        book = read_book(document.value for document in sound)
    except BookInvalid as wrong:
        report.add(sound[wrong.document], [Problem(wrong.path, wrong.cause)])
        return None
    report.allowances = len(book.rules) + len(book.appeals)
    return frozenset(rule.id for rule in book.rules if rule.layer is Layer.SERVICE_LEVEL)


def _reads(document: Document, report: Report) -> bool:
    """Whether it can be read alone; the levels that its tenants name may stand in another document."""
    value = document.value
    alone = {key: one for key, one in value.items() if key != "tenants"} if isinstance(value, dict) else value
    try:
        read_book([alone])
    except BookInvalid as wrong:
        report.add(document, [Problem(wrong.path, wrong.cause)])
        return False
    return True
