"""What the worker does: each task one short transaction over all tenants; the number of things done is returned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.utils.timezone import now

from forthwith.adapters import scanner
from forthwith.apps.audit import queries as audit
from forthwith.apps.audit import sealing
from forthwith.apps.authorizations import upkeep
from forthwith.apps.letters import rendering
from forthwith.apps.sql import json_text, run
from forthwith.apps.tenancy.queries import tenant_ids
from forthwith.apps.tenancy.scope import scoped

log = structlog.get_logger("forthwith.jobs")
LIVE = "live"
RETURN_BEFORE_DUE = timedelta(hours=24)

# In one round, so that no transaction is long and no task waits long for the others' turn: an open page shows a change
# within two seconds, however many letters are waiting.
MOST_EVENTS = 500
MOST_LETTERS = 4
MOST_RETURNED = 100
MOST_FILES = 10


@contextmanager
def everyone() -> Iterator[None]:
    """A transaction that sees every tenant and the platform."""
    with scoped(tenant_ids(), platform=True):
        yield


def tell_live_pages() -> int:
    """NOTIFY the live pages of every authorization that changed since the last look (one reader for all)."""
    with everyone():
        cursor = audit.locked_cursor(LIVE)
        if cursor.moved_at is None:
            cursor.transaction, cursor.position = audit.latest()
            cursor.moved_at = now()
            cursor.save()
            return 0
        events = audit.after(cursor.transaction, cursor.position, limit=MOST_EVENTS)
        if not events:
            return 0
        changed = dict.fromkeys(str(e.subject_id) for e in events if e.subject_type == "authorization")
        for key in changed:
            run("SELECT pg_notify('forthwith_live', %s)", [json_text({"authorization": key})])
        cursor.transaction, cursor.position = events[-1].transaction, events[-1].position
        cursor.moved_at = now()
        cursor.save()
        return len(events)


def render_letters() -> int:
    """Render letters that nobody has downloaded yet."""
    with everyone():
        return rendering.render_waiting(limit=MOST_LETTERS, at=now())


def seal_audit() -> int:
    """Seal what happened into the chains."""
    with everyone():
        return sealing.seal_waiting(at=now())


def return_unanswered() -> int:
    """Hand requests that the office left unanswered back to reviewers, a day before they are due."""
    at = now()
    with everyone():
        return upkeep.return_unanswered(before=at + RETURN_BEFORE_DUE, at=at, limit=MOST_RETURNED)


def scan_attachments() -> int:
    """Let the scanner look at new files, outside any transaction; a file that it can't judge waits, and is not served.

    Without a scanner the bytes themselves are checked: whole, and of the type that they were taken for.
    """
    named = scanner.configured()
    with everyone():
        waiting = upkeep.files_waiting(limit=MOST_FILES)
    done = 0
    for file in waiting:
        try:
            found = upkeep.judge(file, named.look if named else lambda content: None)
        except scanner.ScannerAway as away:
            log.warning("scanner_away", file=str(file.id), error=str(away))
            continue
        with everyone():
            upkeep.record_scan(file.id, found=found, at=now())
        done += 1
    return done
