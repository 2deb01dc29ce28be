"""A draft's document as the portal keeps it, and the request that it asks.

The document is what people typed, so that nothing is lost: units and dates are text until the request is asked.
What must not enter: rows of the records.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from forthwith.apps.authorizations.asking import Asked, LineAsked, MemberAsked
from forthwith.domain.words import Channel, Timing, Urgency

Document = dict[str, Any]


def new_document(*, member: Any, payer_id: str, requester_npi: str) -> Document:
    """What a draft begins with: for whom, by which plan, asked by whom."""
    return {
        "member": {"number": member.number, "birth_on": member.birth_on.isoformat(), "last_name": member.last_name},
        "payer_id": payer_id, "requester_npi": requester_npi, "practitioner_npi": "", "facility_npi": "", "place": "",
        "urgency": Urgency.STANDARD.value, "timing": Timing.PRE_SERVICE.value, "attested_by": "",
        "lines": [], "diagnoses": [], "answers": {}, "clinical_reason": "", "step": "services",
    }  # fmt: skip


def new_line(service: str) -> dict[str, str]:
    """A line just added."""
    return {"service": service, "units": "1", "from_on": "", "to_on": "", "side": ""}


def read_units(text: str) -> Decimal | None:
    """The number typed, or None where it is none."""
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 12 else None


def read_day(text: str) -> date | None:
    """The day of a date box (ISO), or None."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def line_errors(line: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with what was typed into a line, by its part; nothing for what is merely missing."""
    errors = {}
    units = line.get("units", "")
    if units and (read_units(units) or 0) <= 0:
        errors["units"] = "Enter a number of units above 0"
    for key, name in (("from_on", "first"), ("to_on", "last")):
        if line.get(key) and read_day(line[key]) is None:
            errors[key] = f"The {name} day must be a real date"
    starts_on, ends_on = read_day(line.get("from_on", "")), read_day(line.get("to_on", ""))
    if starts_on and ends_on and ends_on < starts_on:
        errors["to_on"] = "The last day is before the first day"
    return errors


def asked_of(document: Mapping[str, Any], *, key: str) -> Asked:
    """The request that the draft asks, under this key; what cannot be read is left for the reader to name."""
    member = document["member"]
    return Asked(
        channel=Channel.PORTAL,
        key=key,
        digest=digest_of(document),
        member=MemberAsked(
            number=member["number"],
            birth_on=read_day(member.get("birth_on", "")),
            last_name=member.get("last_name", ""),
            payer_id=document.get("payer_id", ""),
        ),
        requester_npi=document.get("requester_npi", ""),
        practitioner_npi=document.get("practitioner_npi", ""),
        diagnoses=tuple(document.get("diagnoses", ())),
        urgency=Urgency(document.get("urgency") or Urgency.STANDARD),
        timing=Timing(document.get("timing") or Timing.PRE_SERVICE),
        attested_by=document.get("attested_by", "") if document.get("urgency") == Urgency.EXPEDITED else "",
        clinical_reason=document.get("clinical_reason", ""),
        lines=tuple(_line(document, i, line) for i, line in enumerate(document.get("lines", ()), start=1)),
        answers=document.get("answers", {}),
    )


def _line(document: Mapping[str, Any], sequence: int, line: Mapping[str, str]) -> LineAsked:
    return LineAsked(
        sequence=sequence,
        service=line["service"],
        units=read_units(line.get("units", "")) or Decimal(0),
        from_on=read_day(line.get("from_on", "")),
        to_on=read_day(line.get("to_on", "")),
        place=document.get("place", ""),
        side=line.get("side", ""),
        facility_npi=document.get("facility_npi", ""),
    )


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of what is asked, so that one key never serves two requests. Where one stood does not count."""
    asked = {key: value for key, value in document.items() if key != "step"}
    return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
