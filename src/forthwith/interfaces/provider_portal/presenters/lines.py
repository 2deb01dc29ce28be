"""The lines of a draft, as rows that are filled in and as rows that are read once more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from forthwith.apps.authorizations.previewing import Preview
from forthwith.interfaces.provider_portal.drafting import Document, line_errors, read_day, read_units
from forthwith.interfaces.web.presenting import dates
from forthwith.interfaces.web.presenting.line import shown_code, unit_word
from forthwith.interfaces.web.presenting.status import Status, status_of_need

SIDES = {"left": "left", "right": "right", "bilateral": "both sides"}


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line of a draft."""

    key: str
    code: str
    text: str
    units: str
    unit: str
    side: str
    from_on: str
    to_on: str
    days: str
    sub: str
    need: Status | None
    errors: dict[str, str]


def line_rows(document: Document, preview: Preview, catalogue: Iterable[Any]) -> list[DraftLine]:
    """The draft's lines with the plan's answer to each."""
    known = {one.key: one for one in catalogue}
    needs = {line.sequence: status_of_need(line.requirement.kind) for line in preview.lines}
    return [_row(line, known.get(line["service"]), needs.get(i)) for i, line in enumerate(document["lines"], start=1)]


def _row(line: dict[str, str], service: Any | None, need: Status | None) -> DraftLine:
    return DraftLine(
        key=line["service"],
        code=shown_code(line["service"]),
        text=service.name if service else "Not in the plan’s list",
        units=line["units"],
        unit=unit_word(read_units(line["units"]), service.unit if service else "unit"),
        side=line["side"],
        from_on=line["from_on"],
        to_on=line["to_on"],
        days=dates.short_period(read_day(line["from_on"]), read_day(line["to_on"])),
        sub=SIDES.get(line["side"], ""),
        need=need,
        errors=line_errors(line),
    )
