"""What the long tests measured, printed as a table at the end of the run."""

from __future__ import annotations

import os

LONG = os.environ.get("FORTHWITH_LONG") == "1"
ROWS: list[tuple[str, str]] = []


def measured(what: str, value: str) -> None:
    """One row of the table."""
    ROWS.append((what, value))


def short_or_long(short: float, long: float) -> float:
    """How much of it: little in `make test`, all in `make long`."""
    return long if LONG else short


def spread(seconds: list[float]) -> str:
    """Median and worst, in seconds."""
    ordered = sorted(seconds)
    return f"{ordered[len(ordered) // 2]:.1f} s median, {ordered[-1]:.1f} s worst"
