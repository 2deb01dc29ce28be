"""`forthwith clock due`: a calculator of decision clocks for people, and a door for tests. Needs no database.

`forthwith clock recompute`, which does need one, stands beside it in `recompute`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import yaml

from forthwith.domain import allowances, calendars, clocks
from forthwith.domain.words import ItemClass, LineOfBusiness, Timing, Urgency

from .console import fail, out
from .places import policies_root
from .recompute import recompute

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # eight times as fast where libyaml is built in
_OPTIONS = {
    "zone": "--zone",
    "state": "--state",
    "urgency": "--urgency",
    "received_at": "--received",
    "extended_at": "--extended",
    "information_asked_at": "--information-asked",
    "information_received_at": "--information-received",
    "service_levels": "--tenant",
}


class Instant(click.ParamType[datetime]):
    """A date and time with its offset, ISO 8601."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The aware datetime; a naive one is refused, since nobody can say when it was."""
        try:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is not a time; write 2026-11-25T10:00:00-05:00.", param, ctx)
        if at.tzinfo is None:
            self.fail(f"{value!r} has no offset; write 2026-11-25T10:00:00-05:00.", param, ctx)
        return at


class Day(click.ParamType[date]):
    """A date, YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is not a date; write YYYY-MM-DD.", param, ctx)


@click.group()
def clock() -> None:
    """Decision clocks: by when must a request be answered?"""


clock.add_command(recompute)


@clock.command()
@click.option("--lob", type=click.Choice(list(map(str, LineOfBusiness))), required=True, help="Whose law.")
@click.option("--item", type=click.Choice(list(map(str, ItemClass))), default="service", show_default=True)
@click.option("--urgency", type=click.Choice(list(map(str, Urgency))), default="standard", show_default=True)
@click.option("--timing", type=click.Choice(list(map(str, Timing))), default="pre_service", show_default=True)
@click.option("--received", type=Instant(), required=True, help="When the request came, with offset.")
@click.option("--zone", required=True, help="The plan's time zone, such as America/New_York.")
@click.option("--state", type=str.upper, metavar="STATE", help="Two letters; the state's law and holidays join.")
@click.option("--accredited", is_flag=True, help="NCQA's times govern too.")
@click.option("--tenant", help="Apply this tenant's own service levels, by its key.")
@click.option("--extended", is_flag=True, help="The time was extended, as the rule allows.")
@click.option("--information-asked", type=Instant(), help="When missing information was asked for.")
@click.option("--information-received", type=Instant(), help="When it came.")
@click.option("--holiday", "holidays", type=Day(), multiple=True, help="A further holiday; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def due(**given: Any) -> None:
    """Print the governing due time and every rule that applies, with its citation.

    Days end at 23:59:59 in the plan's zone. Exit codes: 0 told; 1 the rules refuse; 2 wrong usage.
    """
    book = load_book()
    try:
        case = _case(given, book)
        moments = _moments(given)
        answer = clocks.reckon(case, moments, book)
    except (clocks.ExtensionRefused, clocks.NotInForce) as refusal:
        fail(f"{_OPTIONS[refusal.field]}: {refusal}")
    except clocks.ClockRefused as refusal:
        raise click.UsageError(f"{_OPTIONS.get(refusal.field, refusal.field)}: {refusal}") from refusal
    told = tell(answer, case, moments)
    if given["as_json"]:
        click.echo(json.dumps(told, indent=2))
    else:
        _print(told, case, moments)


def load_book(folder: Path | None = None) -> allowances.AllowanceBook:
    """The allowances of the policies folder. Ends the command when a document is missing or wrong."""
    try:
        folder = folder or policies_root() / "allowances"
        paths = sorted(folder.glob("*.yaml"))
        if not paths:
            fail(f"no allowances (*.yaml) in {folder}")
        return allowances.read_book(_parsed(path) for path in paths)
    except (OSError, allowances.BookInvalid) as error:
        fail(str(error))


def _parsed(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        fail(f"{path}: {error}")
    if not isinstance(document, dict):
        fail(f"{path}: must be a mapping.")
    return document


def _case(given: Mapping[str, Any], book: allowances.AllowanceBook) -> clocks.Case:
    try:
        levels = () if given["tenant"] is None else book.levels_of(given["tenant"])
    except allowances.UnknownTenant as error:
        raise click.BadParameter(str(error), param_hint="--tenant") from error
    return clocks.Case(
        lob=LineOfBusiness(given["lob"]),
        item=ItemClass(given["item"]),
        urgency=Urgency(given["urgency"]),
        timing=Timing(given["timing"]),
        zone=given["zone"],
        state=given["state"],
        accredited=given["accredited"],
        service_levels=levels,
        holidays=given["holidays"],
    )


def _moments(given: Mapping[str, Any]) -> clocks.Moments:
    return clocks.Moments(
        received_at=given["received"],
        extended_at=given["received"] if given["extended"] else None,
        information_asked_at=given["information_asked"],
        information_received_at=given["information_received"],
    )


def tell(answer: clocks.Clock, case: clocks.Case, moments: clocks.Moments) -> dict[str, Any]:
    """The answer as JSON can hold it; times carry the offset of the plan's zone."""
    zone = calendars.zone_of(case.zone)
    governing = answer.governing
    return {
        "due_at": _local(governing.due_at if governing else None, zone),
        "due_at_utc": _utc(governing.due_at if governing else None),
        "rule": governing and governing.rule,
        "authority": governing and governing.authority,
        "citation": governing and governing.citation,
        "allowance": governing and governing.allowance,
        "version": governing and governing.version,
        "on_breach": governing and str(governing.on_breach),
        "zone": case.zone,
        "received_at": _local(moments.received_at, zone),
        "rules": [_rule(one, zone, is_first=one is governing) for one in answer.dues],
    }


def _rule(one: clocks.Due, zone: ZoneInfo, *, is_first: bool) -> dict[str, Any]:
    return {
        "id": one.rule,
        "version": one.version,
        "layer": str(one.layer),
        "authority": one.authority,
        "citation": one.citation,
        "allowance": one.allowance,
        "due_at": _local(one.due_at, zone),
        "due_at_utc": _utc(one.due_at),
        "governs": one.governs,
        "governing": is_first,
        "note": one.note,
        "notify": one.notify,
        "extended": one.extended,
        "on_breach": str(one.on_breach),
    }


def _print(told: Mapping[str, Any], case: clocks.Case, moments: clocks.Moments) -> None:
    from rich.markup import escape
    from rich.table import Column, Table

    zone = calendars.zone_of(case.zone)
    kind = " · ".join(word.replace("_", " ") for word in (case.lob, case.item, case.urgency, case.timing))
    out().print(f"{kind} · received {_spoken(moments.received_at.isoformat(), zone)}")
    if told["due_at"] is None:
        out().print("[bold]No rule sets a time for this request.[/]")
    else:
        why = f"{told['allowance']}, {told['authority']}, {told['citation']}"
        out().print(f"[bold green]Due {_spoken(told['due_at'], zone)}[/]  [dim]{escape(why)}[/]")
    if not told["rules"]:
        return
    table = Table("", Column("Due", no_wrap=True), Column("Allowance, citation, rule", overflow="fold"), "Note")
    for one in told["rules"]:
        mark = "►" if one["governing"] else ("" if one["governs"] else "–")
        words = escape("\n".join((one["allowance"], one["citation"], one["id"])))
        style = "bold" if one["governing"] else (None if one["governs"] else "dim")
        table.add_row(mark, _spoken(one["due_at"], zone), words, escape(one["note"]), style=style)
    out().print(table, soft_wrap=False)
    out().print("[dim]► governs   – listed, does not take part[/]")


def _spoken(at: str | None, zone: ZoneInfo) -> str:
    if at is None:
        return "not started"
    return f"{datetime.fromisoformat(at).astimezone(zone):%a %Y-%m-%d %H:%M:%S %Z}"


def _local(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else at.astimezone(zone).isoformat()


def _utc(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(ZoneInfo("UTC")).isoformat()
