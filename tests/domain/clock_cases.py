"""Cases, moments and the shipped book of allowances, for the tests of the clocks."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from forthwith.domain import allowances, clocks

ALLOWANCES = Path(__file__).parents[2] / "policies" / "allowances"
NEW_YORK = "America/New_York"
THANKSGIVING = date(2026, 11, 26)


@cache
def documents() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(path.read_text()) for path in sorted(ALLOWANCES.glob("*.yaml")))


@cache
def book() -> allowances.AllowanceBook:
    return allowances.read_book(documents())


def at(text: str, zone: str = NEW_YORK) -> datetime:
    """`2026-11-25 10:00` on the wall of the zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def case(lob: str = "medicare_advantage", **more: Any) -> clocks.Case:
    words = {"item": "service", "urgency": "standard", "timing": "pre_service", "zone": NEW_YORK}
    return clocks.Case(lob=lob, **(words | more))


def reckon(
    received: str,
    lob: str = "medicare_advantage",
    *,
    moments: dict[str, str] | None = None,
    by: allowances.AllowanceBook | None = None,
    **more: Any,
) -> clocks.Clock:
    """The clock of a request received at this wall-clock time in its zone."""
    asked = case(lob, **more)
    told = {name: at(text, asked.zone) for name, text in (moments or {}).items()}
    return clocks.reckon(asked, clocks.Moments(received_at=at(received, asked.zone), **told), by or book())


def due(clock: clocks.Clock, rule: str | None = None, zone: str = NEW_YORK) -> str | None:
    """The due time of a rule (the governing one by default), as the zone's wall shows it."""
    found = clock.governing if rule is None else one(clock, rule)
    assert found is not None
    if found.due_at is None:
        return None
    return f"{found.due_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S %z}"


def one(clock: clocks.Clock, rule: str) -> clocks.Due:
    return next(found for found in clock.dues if found.rule == rule)
