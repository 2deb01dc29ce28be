"""`forthwith audit`: the chains of the audit, verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.markup import escape

from . import console
from .database import need_audit_key, with_database

if TYPE_CHECKING:
    from forthwith.apps.audit.verification import Verified

SHOWN = 50


@click.group()
def audit() -> None:
    """The audit: what happened, in sealed chains."""


@audit.command()
@with_database
def verify() -> None:
    """Walk every chain and compare its heads with their signatures.

    Finds changed, deleted and added events, a deleted tail, a rewritten chain and missing heads. Writers may go on
    meanwhile; what is not sealed yet is counted apart. Exit code 1 when something does not hold.
    """
    need_audit_key()
    done = _walked()
    for finding in done.findings[:SHOWN]:
        console.notices().print(f"[red]chain {finding.chain}, seal {finding.number}:[/] {escape(finding.text)}")
    if len(done.findings) > SHOWN:
        console.notices().print(f"[red]and {len(done.findings) - SHOWN} more[/]")
    if done.waiting and done.waiting_since:
        since = f"{done.waiting_since:%Y-%m-%d %H:%M:%S} UTC"
        console.notices().print(f"[dim]{done.waiting} event(s) are not sealed yet, the oldest of {since}.[/]")
    if done.findings:
        console.fail(f"{len(done.findings)} finding(s) over {done.events} events in {done.seals} seals.")
    console.out().print(f"{done.events} events in {done.seals} seals: every chain holds.")


def _walked() -> Verified:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from forthwith.apps.audit import verification

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console.notices(), transient=True) as bar:
        task = bar.add_task("Verifying", total=verification.about_how_many() or None)
        return verification.verify(lambda more: bar.advance(task, more))
