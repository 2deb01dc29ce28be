"""`forthwith clock recompute`: write stored clocks anew from the recorded moments, after a rule was mended."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from . import console
from .database import with_database

if TYPE_CHECKING:
    from forthwith.apps.authorizations.recomputing import Batch, Change

WANTED_SECONDS = 0.3  # of a batch, which is one transaction; none may last a second
FIRST, MOST = 50, 1000


@dataclass(slots=True)
class Sum:
    """All batches together; of the changes only the first are kept."""

    looked: int = 0
    changed: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    shown: list[Change] = field(default_factory=list)

    def add(self, batch: Batch, keep: int) -> None:
        """One batch more."""
        self.looked += batch.looked
        self.changed += len(batch.changes)
        self.refused += batch.refused
        self.shown += batch.changes[: max(0, keep - len(self.shown))]


@click.command("recompute")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--show", type=click.IntRange(0, 1000), default=10, show_default=True, help="How many changes to list.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_database
def recompute(*, dry_run: bool, show: int, as_json: bool) -> None:
    """Reckon every clock anew from the recorded moments, and rewrite those that come out otherwise.

    For use after a rule of time was mended, or a plan's zone or service levels. Each change leaves an event. It may
    run while people work, and be stopped and started again. Exit code 1 when a request cannot be reckoned.
    """
    told = Sum()
    for batch in _batches(dry_run):
        told.add(batch, show)
    if as_json:
        click.echo(json.dumps(_document(told, dry_run), indent=2))
    else:
        _print(told, dry_run)
    if told.refused:
        raise SystemExit(1)


def _batches(dry_run: bool) -> Iterator[Batch]:
    """Batch after batch, each as large as fits its time, with a progress bar."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from forthwith.apps.authorizations import recomputing

    columns = (TextColumn("Clocks"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    after, limit = None, FIRST
    with Progress(*columns, console=console.notices(), transient=True) as bar:
        task = bar.add_task("", total=recomputing.count())
        while True:
            began = time.monotonic()
            batch = recomputing.recompute(after=after, limit=limit, at=datetime.now(UTC), dry_run=dry_run)
            limit = fitting(limit, time.monotonic() - began)
            bar.update(task, advance=batch.looked)
            yield batch
            if batch.last is None:
                return
            after = batch.last


def fitting(limit: int, took: float) -> int:
    """How many to take next, when `limit` took so many seconds: never over twice as many."""
    return max(1, min(MOST, limit * 2, int(limit * WANTED_SECONDS / max(took, 0.001))))


def _document(told: Sum, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "looked_at": told.looked,
        "changed": told.changed,
        "changes": [{"number": one.number, "before": one.before, "after": one.after} for one in told.shown],
        "refused": [{"number": number, "why": why} for number, why in told.refused],
    }


def _print(told: Sum, dry_run: bool) -> None:
    out = console.out()
    for one in told.shown:
        was, now = (f"{side['due_at'] or 'nothing due'} {side['rule']}".strip() for side in (one.before, one.after))
        out.print(f"{one.number}  {was} → {now if now != was else 'the same; its lines changed'}")
    if told.changed > len(told.shown):
        out.print(f"[dim]… and {told.changed - len(told.shown):,} more[/]")
    for number, why in told.refused:
        out.print(f"[red]{number}[/]  {console.escaped(why)}")
    verb = "would change" if dry_run else "changed"
    out.print(f"{told.looked:,} requests looked at, {told.changed:,} {verb}.")
