"""What `forthwith up` prints when all is ready: addresses, people, how to sign in as each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape

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
    """Print it to stdout: the people first, the addresses last, where the eye is."""
    out = console.out()
    if world:
        for line in _people(world):
            out.print(line)
        out.print(
            "\nEach person signs in at the portal above with name and password, and then, where there is a secret,\n"
            "with a code: give the secret to an authenticator app, or see the code of the moment with\n"
            "[bold]forthwith sample code NAME[/]. Everybody is invented; [bold]forthwith sample describe[/] prints all as JSON."
        )
    out.print(f"\n[bold green]Forthwith is ready[/] after {seconds:.1f} s: [bold]{escape(base_url)}[/]")
    if world:
        width = max(len(portal["url"]) for portal in world["portals"])
        for portal in world["portals"]:
            out.print(f"  [bold cyan]{escape(portal['url'].ljust(width))}[/]  {escape(portal['name'])}")
    else:
        out.print("There is no sample world in this database.")
    out.print(f"[dim]Data and logs: {escape(str(folders.data))}. Ctrl-C stops everything.[/]")


def _people(world: World) -> Iterator[str]:
    """Portal by portal, one line a person; nothing is cut off, since secrets are typed from here."""
    people = world["people"]
    columns = ("username", "password", "totp_secret")
    widths = [max(len(str(person.get(column) or "")) for person in people) for column in columns]
    for portal in world["portals"]:
        yield f"\n[bold]{escape(portal['name'])}[/] [cyan]{escape(portal['url'])}[/]"
        for person in people:
            if person["portal"] != portal["key"]:
                continue
            cells = [str(person.get(column) or "").ljust(width) for column, width in zip(columns, widths, strict=True)]
            roles = ", ".join(role.replace("_", " ") for role in person["roles"])
            yield escape(f"  {'  '.join(cells)}  {roles}")
