"""Command groups that import a command only when it is called: `forthwith --help` and `clock due` need no Django."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from typing import NamedTuple

import click


class Place(NamedTuple):
    """Where a command is written, and the one line that help shows without importing it."""

    module: str
    attribute: str
    help: str


class LazyGroup(click.Group):
    """A group whose commands are named by `Place`s; a place whose module does not exist is not offered."""

    def __init__(self, *args: object, places: Mapping[str, Place], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._places = dict(places)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order they are told."""
        return [name for name, place in self._places.items() if importlib.util.find_spec(place.module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, imported now."""
        place = self._places.get(cmd_name)
        if place is None or importlib.util.find_spec(place.module) is None:
            return None
        command = getattr(importlib.import_module(place.module), place.attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in help, from the one-liners."""
        rows = [(name, self._places[name].help) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
