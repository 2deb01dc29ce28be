"""The wizard's steps: where one is, what is done, where one may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

STEPS = (
    ("patient", "Patient"),
    ("services", "Services"),
    ("questions", "Clinical questions"),
    ("documents", "Documents"),
    ("review", "Review and submit"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the progress bar."""

    number: int
    text: str
    is_current: bool
    is_done: bool
    href: str


def steps(draft: Any | None, current: str) -> list[Step]:
    """All steps; those of a draft are links, the earlier ones count as done."""
    here = [key for key, _ in STEPS].index(current)
    return [
        Step(i + 1, text, i == here, i < here, _href(draft, key) if i != here else "")
        for i, (key, text) in enumerate(STEPS)
    ]


def _href(draft: Any | None, key: str) -> str:
    if draft is None or key == "patient":
        return ""
    return reverse(f"provider_portal:{key}", args=[draft.id])
