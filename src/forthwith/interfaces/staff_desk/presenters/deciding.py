"""What the page offers somebody to do with a case. Offering is courtesy; refusing is for the domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from forthwith.apps.authorizations import queries
from forthwith.domain.permissions import Permission
from forthwith.domain.words import Basis, Outcome
from forthwith.interfaces.staff_desk.forms import OUTCOMES, Decide
from forthwith.interfaces.web.presenting import line as lines_


@dataclass(frozen=True, slots=True)
class Option:
    """One radio button."""

    id: str
    name: str
    value: str
    text: str
    checked: bool
    hint: str = ""
    type: str = "radio"


@dataclass(frozen=True, slots=True)
class LineOffer:
    """What may be decided about one line, with the form's fields for it."""

    sequence: int
    name: str
    code: str
    asked: str
    options: tuple[Option, ...]
    bases: tuple[Option, ...]
    may_reduce: bool
    may_deny: bool
    fields: dict[str, Any]


def bases_of(actor: Any, row: Any, line: Any) -> tuple[str, ...]:
    """On which grounds this person may be offered to deny this line; none for most people."""
    bases = [Basis.CLINICAL.value] if actor.may(Permission.DETERMINATION_MAKE) else []
    if actor.may(Permission.ADMINISTRATIVE_DENIAL_MAKE) and not queries.has_clinical_reason(row, line):
        bases.append(Basis.ADMINISTRATIVE.value)
    return tuple(bases)


def offers(actor: Any, row: Any, lines: Iterable[Any], form: Decide) -> list[LineOffer]:
    """The open lines with the outcomes that this person is offered."""
    return [_offer(actor, row, line, form) for line in lines]


def _offer(actor: Any, row: Any, line: Any, form: Decide) -> LineOffer:
    n, bases = line.sequence, bases_of(actor, row, line)
    reduces = actor.may(Permission.DETERMINATION_MAKE)
    offered = {
        Outcome.CERTIFIED.value: actor.may(Permission.APPROVAL_MAKE),
        Outcome.MODIFIED.value: reduces,
        Outcome.NOT_CERTIFIED.value: bool(bases),
    }
    chosen = form[f"outcome_{n}"].value()
    options = tuple(
        Option(f"decide-outcome_{n}-{value}", f"outcome_{n}", value, text, value == chosen)
        for value, text in OUTCOMES if offered[value]
    )  # fmt: skip
    return LineOffer(
        sequence=n, name=line.service_name, code=line.service,
        asked=f"{lines_.plain(line.units_requested)} {lines_.unit_word(line.units_requested, line.unit)}",
        options=options, bases=_bases(n, bases, form), may_reduce=reduces, may_deny=bool(bases),
        fields={name: form[f"{name}_{n}"] for name in ("outcome", "units", "from_on", "to_on", "reason")},
    )  # fmt: skip


def _bases(n: int, bases: tuple[str, ...], form: Decide) -> tuple[Option, ...]:
    chosen = form[f"basis_{n}"].value() or (bases[0] if bases else "")
    texts = {Basis.CLINICAL.value: "Clinical", Basis.ADMINISTRATIVE.value: "Administrative"}
    return tuple(Option(f"decide-basis_{n}-{one}", f"basis_{n}", one, texts[one], one == chosen) for one in bases)
