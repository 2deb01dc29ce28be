"""`forthwith audit`: the chains of the audit, verified."""

from __future__ import annotations

import click

from .database import with_database


@click.group()
def audit() -> None:
    """The audit: what happened, in sealed chains."""


@audit.command()
@with_database
def verify() -> None:
    """Walk every chain and compare its heads with their signatures.

    Finds a changed row, a deleted tail and a rewritten chain. Exit code 1 when something does not hold.
    """
    from forthwith.apps.audit.verification import verify as verified

    raise SystemExit(0 if verified() else 1)
