"""A draft as a row of the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from forthwith.interfaces.provider_portal.presenters.steps import STEPS
from forthwith.interfaces.web.presenting import dates


@dataclass(frozen=True, slots=True)
class DraftRow:
    """What the home page shows of a draft."""

    title: str
    saved: str
    kept: str
    href: str


def draft_row(draft: Any, *, zone: str, at: datetime) -> DraftRow:
    """The row: for whom, how far, by whom, and until when it is kept."""
    title = f"{draft.member_name}: {draft.title}" if draft.title else f"{draft.member_name}: no service yet"
    step = step_number(str(draft.document.get("step", "services")))
    saved = dates.nearby(draft.saved_at, zone, now=at)
    kept = dates.short_day(dates.local_date(draft.expires_at, zone))
    return DraftRow(
        title=title,
        saved=f"Step {step} of {len(STEPS)}. {saved}, {draft.saved_by_name}",
        kept=f"Kept until {kept}",
        href=reverse("provider_portal:resume", args=[draft.id]),
    )


def step_number(key: str) -> int:
    """1 for the patient, 5 for the review."""
    return next((i for i, (name, _) in enumerate(STEPS, start=1) if name == key), 2)


def saved_words(draft: Any, *, zone: str) -> str:
    """`Draft saved 9:41 am`, beside the buttons."""
    return f"Draft saved {dates.clock_time(draft.saved_at, zone)}"
