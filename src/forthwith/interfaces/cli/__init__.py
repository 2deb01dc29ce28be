"""The console command `forthwith`. Commands live in their own modules and are imported when called.

A command reads its options and the clock, makes one call, and prints. Rules,
tables and servers must not enter.
"""

from __future__ import annotations

import importlib.metadata
import sys

import click

from .lazy import LazyGroup, Place

_HERE = "forthwith.interfaces.cli"
PLACES = {
    "up": Place(f"{_HERE}.up.command", "up", "Start everything: database, web server, job worker."),
    "migrate": Place(f"{_HERE}.migrate", "migrate", "Bring the database's tables up to date."),
    "sample": Place(f"{_HERE}.sample", "sample", "The sample world: load it, describe it, grow it."),
    "tenant": Place(f"{_HERE}.tenant", "tenant", "A tenant's own data: names, codes, members."),
    "jobs": Place(f"{_HERE}.jobs", "jobs", "Run the job worker: letters, subscribers, the audit's seal."),
    "policy": Place(f"{_HERE}.policy", "policy", "Check policy packages; evaluate one for given facts."),
    "clock": Place(f"{_HERE}.clock", "clock", "By when must a request be answered?"),
    "audit": Place(f"{_HERE}.audit", "audit", "Verify the audit's chains."),
    "check": Place(f"{_HERE}.check", "check", "Is this installation fit for production?"),
}


@click.group(
    cls=LazyGroup,
    places=PLACES,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Every command that needs a database takes --data DIR (the embedded one) or DATABASE_URL (your own). "
    "Exit codes: 0 done, 1 failed, 2 wrong usage.",
)
@click.version_option(importlib.metadata.version("forthwith"), prog_name="forthwith")
def forthwith() -> None:
    """Forthwith: prior authorization asked, decided and told."""


def main() -> None:
    """The entry point of the console script; `prog_name` makes `python -m` print the same help."""
    try:
        forthwith.main(prog_name="forthwith", standalone_mode=False)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.exceptions.NoArgsIsHelpError as wanted:
        wanted.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("forthwith: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output went away: nothing to say, and nobody to say it to
        sys.exit(1)
