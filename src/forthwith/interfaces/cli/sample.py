"""`forthwith sample`: the sample world."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

import click
from rich.console import Console

from . import console as terminal
from .database import making_database, with_database

BASE_URL = "http://localhost:8080"


@click.group()
def sample() -> None:
    """The sample world: load it, describe it, grow it. Everybody in it is invented."""


@sample.command("load")
@making_database
def load_command() -> None:
    """Load the sample world into an empty database; where it is already, do nothing."""
    from . import migrating

    if migrating.pending():
        migrating.migrate(verbosity=0)
    load(terminal.notices())


@sample.command("describe")
@with_database
def describe_command() -> None:
    """Print the loaded world as JSON, with the secrets of its people and systems.

    Portals, plans, members, practitioners, organizations, people, clients, and services with the facts that lead
    to each answer: whatever an outside program needs (docs/reference/describe.schema.json).
    """
    json.dump(_described(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


@sample.command("code")
@click.argument("username")
@with_database
def code_command(username: str) -> None:
    """Print the sign-in code of the moment of one of the sample people."""
    from allauth.mfa.totp.internal import auth

    found = next((one for one in _described()["people"] if one["username"] == username), None)
    if found is None:
        terminal.fail(f"no sample person is called {username!r}; `forthwith sample describe` names them all")
    _, now, _ = auth.yield_hotp_counters_from_time()
    terminal.out().print(auth.format_hotp_value(auth.hotp_value(found["totp_secret"], now)))


@sample.command("members")
@click.argument("portal")
@with_database
def members_command(portal: str) -> None:
    """List members of a portal's plans who are covered today: member ID, birth date, name, plan."""
    described = _described()
    if portal not in {one["key"] for one in described["portals"]}:
        terminal.fail(f"no portal is called {portal!r}; `forthwith sample describe` names them all")
    plans = {one["key"]: one["name"] for one in described["plans"]}
    for one in described["members"]:
        if one["portal"] == portal and one["kind"] == "active":
            born = date.fromisoformat(one["birth_on"])
            name = f"{one['first_name']} {one['last_name']}"
            click.echo(f"{one['number']}  {born:%m %d %Y}  {name:<32}  {plans[one['plans'][0]]}")


@sample.command("grow")
@click.option("--authorizations", metavar="N", type=click.IntRange(1, 10_000_000), required=True, help="How many more.")
@with_database
def grow_command(*, authorizations: int) -> None:
    """Add many more past requests, skewed as life is, by COPY: a million in minutes.

    They are after the pattern of those that were loaded. Letters and audit events are not made for them.
    """
    grow(terminal.notices(), authorizations)


def grow(console: Console, count: int) -> None:
    """Add so many requests to the loaded world, with a progress bar on `console`."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from . import migrating
    from .sampling import describing, growing

    try:
        made = describing.loaded(at=datetime.now(UTC))
    except LookupError as error:
        terminal.fail(str(error))
    began = time.monotonic()
    columns = (TextColumn("Authorizations"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=count)
        growing.grow(made, count, using=migrating.alias(), tell=lambda n: bar.update(task, advance=n))
    seconds, megabytes = time.monotonic() - began, growing.megabytes(migrating.alias())
    took = f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
    console.print(
        f"{count:,} authorization{'s were' if count > 1 else ' was'} added in {took}; the database holds {megabytes:,} MB."
    )


def load(console: Console) -> None:
    """Load it into an empty database, saying what is done to `console`; where it is already, only that is said."""
    from forthwith.apps.tenancy.loads import has_tenants

    from .sampling import describing, loading, world

    if has_tenants():
        try:
            describing.loaded(at=datetime.now(UTC))
        except LookupError as error:
            terminal.fail(f"this database has tenants of its own: {error}")
        console.print("The sample world is there already.")
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    made = world.make(datetime.now(UTC))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        past = _load(made, bar, loading)
    console.print(
        f"The sample world is loaded: {len(made.tenants)} tenants, {len(made.members.rows)} members, "
        f"{len(made.people.persons)} people, {past} requests."
    )


def _described() -> dict[str, Any]:
    try:
        return describe()
    except LookupError as error:
        terminal.fail(str(error))


def _load(made: Any, bar: Any, loading: Any) -> int:
    task = bar.add_task("Sample world", total=loading.STEPS + len(made.tenants))

    def step(what: str) -> None:
        bar.update(task, description=what, advance=1)

    return loading.load(made, step)  # type: ignore[no-any-return]


def describe() -> dict[str, Any]:
    """The loaded world, as docs/reference/describe.schema.json says. Raises LookupError where none is loaded."""
    from .sampling import describing

    return describing.describe(os.environ.get("FORTHWITH_BASE_URL") or BASE_URL, at=datetime.now(UTC))
