"""What people see at the terminal: colours when it is one, errors in one line, exit codes 0, 1 and 2.

stdout carries answers; progress and notices go to stderr, so that `--json`
can be piped.
"""

from __future__ import annotations

from functools import cache
from typing import NoReturn

import click
from rich.console import Console


@cache
def out() -> Console:
    """Answers."""
    return Console(highlight=False, soft_wrap=True)


@cache
def notices() -> Console:
    """Progress and notices."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def step(what: str) -> None:
    """Say which longer work begins (a line, no animation: processes are forked meanwhile)."""
    notices().print(f"[dim]{what}…[/]")


def fail(message: str) -> NoReturn:
    """End the command with exit code 1 and this message."""
    raise Failure(message)


class Failure(click.ClickException):
    """The command could not do what it was asked; exit code 1."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        """In red, to stderr."""
        notices().print(f"[bold red]forthwith:[/] {escaped(self.message)}")


def escaped(text: str) -> str:
    """Text as it is, square brackets and all."""
    from rich.markup import escape

    return escape(text)
