"""`forthwith jobs`."""

from __future__ import annotations

import click

from .database import with_database


@click.command()
@with_database
def jobs() -> None:
    """Run the job worker until it is stopped.

    It renders letters, tells subscribers, watches clocks and seals the audit's chains. `forthwith up` runs one;
    in production run as many as you like beside the web server.
    """
    from forthwith.interfaces.jobs import run

    run()
