"""What `forthwith up` prints when all is ready: addresses, people, how to sign in as each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from forthwith.adapters.postgres import Folders
from forthwith.interfaces.cli import console

from . import preparation

World = Mapping[str, Any]


def world(owner_url: str) -> World:
    """The sample world as `forthwith sample describe` tells it; empty when it is not in this database."""
    if not preparation.has_sample(owner_url):
        return {}
    from forthwith.interfaces.cli import database, sample

    database.django_set_up()
    described: World = sample.describe()
    return described


def show(base_url: str, world: World, folders: Folders, *, seconds: float) -> None:
    """Print it to stdout."""
    out = console.out()
    out.print(f"\n[bold green]Forthwith is ready[/] after {seconds:.1f} s: [bold]{escape(base_url)}[/]\n")
    if world:
        out.print(_portals(world["portals"]))
        out.print(_people(world["people"]))
        out.print(
            "\nSign in with name and password. Whoever has a secret is then asked for a code: give the secret to an\n"
            "authenticator app, or print the code of the moment with [bold]forthwith sample code NAME[/].\n"
            "These people are invented. [bold]forthwith sample describe[/] prints all of it as JSON."
        )
    else:
        out.print("There is no sample world in this database.")
    out.print(f"\n[dim]Data and logs: {escape(str(folders.data))}. Ctrl-C stops everything.[/]")


def _portals(portals: Sequence[Mapping[str, Any]]) -> Table:
    table = Table("Portal", "Address", box=None, header_style="bold", pad_edge=False)
    for portal in portals:
        table.add_row(escape(str(portal["name"])), escape(str(portal["url"])))
    return table


def _people(people: Sequence[Mapping[str, Any]]) -> Table:
    table = Table("\nName", "\nPassword", "\nSecret", "\nRoles", box=None, header_style="bold", pad_edge=False)
    for person in people:
        secret = person.get("totp_secret") or ""
        roles = ", ".join(str(role).replace("_", " ") for role in person["roles"])
        row = (person["username"], person["password"], secret, f"{roles} ({person['portal']})")
        table.add_row(*(escape(str(cell)) for cell in row))
    return table
