"""What `forthwith up` prints when all is ready: addresses, people, how to sign in as each."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from rich.markup import escape

from forthwith.adapters.postgres import Folders
from forthwith.interfaces.cli import console, places

from . import preparation

World = Mapping[str, Any]


def world(base_url: str, owner_url: str, memory: Path) -> World | None:
    """Portals and people of the sample world; None when it is not in this database, empty when they cannot be told.

    `forthwith sample describe` tells them; they are remembered in `memory`, so that a second start need not ask.
    """
    if not preparation.has_sample(owner_url):
        return None
    mark = f"{base_url} {_installation(owner_url)} {preparation.content_mark(_code())}"
    try:
        remembered = json.loads(memory.read_text(encoding="utf-8"))
        if remembered["mark"] == mark:
            return cast(World, remembered["world"])
    except (FileNotFoundError, ValueError, KeyError):
        pass
    try:
        described = _described()
    except LookupError as error:
        console.notices().print(f"[yellow]The sample world's people cannot be told: {escape(str(error))}.[/]")
        return {}
    with open(memory, "w", encoding="utf-8", opener=_private) as file:
        json.dump({"mark": mark, "world": described}, file)
    return described


def _code() -> Iterator[Path]:
    return Path(__file__).parents[1].glob("sampl*/*.py")


def _installation(owner_url: str) -> str:
    """Another database has another world, and another key has other passwords."""
    return hashlib.sha256(f"{owner_url} {os.environ['FORTHWITH_SECRET_KEY']}".encode()).hexdigest()[:16]


def _described() -> World:
    from forthwith.interfaces.cli import database, sample

    database.django_set_up()
    described = sample.describe()
    return {name: described[name] for name in ("portals", "people")}


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def show(base_url: str, world: World | None, folders: Folders, *, seconds: float) -> None:
    """Print it to stdout: the people first, the addresses last, where the eye is."""
    out = console.out()
    command, named = escape(_command()), escape(_naming(folders.data))
    if world:
        for line in _people(world):
            out.print(line)
        out.print(
            "\nEach person signs in at the portal above with name and password, and then, where there is a secret,\n"
            "with a code: give the secret to an authenticator app, or see the code of the moment with\n"
            f"[bold]{command} sample code NAME{named}[/]. Everybody is invented;\n"
            f"[bold]{command} sample describe{named}[/] prints all as JSON."
        )
    out.print(f"\n[bold green]Forthwith is ready[/] after {seconds:.1f} s: [bold]{escape(base_url)}[/]")
    if world:
        width = max(len(portal["url"]) for portal in world["portals"])
        for portal in world["portals"]:
            out.print(f"  [bold cyan]{escape(portal['url'].ljust(width))}[/]  {escape(portal['name'])}")
    elif world is None:
        out.print("There is no sample world in this database.")
    out.print(f"[dim]Data and logs: {escape(str(folders.data))}. Ctrl-C stops everything.[/]")


def _command() -> str:
    """How this program is called from where the person is."""
    found = shutil.which("forthwith")
    ours = Path(sys.argv[0])
    if ours.name != "forthwith" or (found and os.path.samefile(found, ours)):
        return "forthwith"
    here = os.path.relpath(ours)
    return shlex.quote(here if not here.startswith("..") else str(ours.absolute()))


def _naming(data: Path) -> str:
    """`--data DIR`, where another command would not find this folder by itself."""
    return "" if places.is_found_unnamed(data) else f" --data {shlex.quote(str(data))}"


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
