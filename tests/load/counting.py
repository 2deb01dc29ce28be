"""The auditors who come after the fire: is everything there that was promised, once, whole, and nothing else?

They read the database as its owner, past the application's own queries, and the letters from the disk.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from forthwith.adapters.postgres import Cluster, existing
from forthwith.apps.letters.actions import content_hash
from tests.load.asking import Acknowledged

#: Each must find nothing. Requests that `sample grow` made (keys grown/…) have no letters and events of their own.
_BROKEN = {
    "authorizations without the key under which they were asked": """
        SELECT a.number FROM authorizations_authorization a
        LEFT JOIN authorizations_submission s ON s.authorization_id = a.id GROUP BY a.id HAVING count(s.id) <> 1""",
    "authorizations without a line": """
        SELECT a.number FROM authorizations_authorization a
        WHERE NOT EXISTS (SELECT 1 FROM authorizations_line l WHERE l.authorization_id = a.id)""",
    "decided lines without their determination": """
        SELECT l.id FROM authorizations_line l LEFT JOIN authorizations_determination d
          ON d.id = l.determination_id AND d.line_id = l.id AND d.authorization_id = l.authorization_id
        WHERE l.determination_id IS NOT NULL AND d.id IS NULL""",
    "determinations that no line refers to": """
        SELECT d.id FROM authorizations_determination d LEFT JOIN authorizations_line l ON l.id = d.line_id
        WHERE l.id IS NULL""",
    "requests whose submission was not audited exactly once": """
        SELECT s.key FROM authorizations_submission s
        LEFT JOIN audit_event e ON e.subject_id = s.authorization_id AND e.verb = 'submitted'
        WHERE s.key NOT LIKE 'grown/%%' GROUP BY s.key, s.id HAVING count(e.id) <> 1""",
    "events about requests that are not there": """
        SELECT e.id FROM audit_event e WHERE e.subject_type = 'authorization'
        AND NOT EXISTS (SELECT 1 FROM authorizations_authorization a WHERE a.id = e.subject_id)""",
    "requests without a letter": """
        SELECT s.key FROM authorizations_submission s WHERE s.key NOT LIKE 'grown/%%'
        AND NOT EXISTS (SELECT 1 FROM letters_letter l WHERE l.subject_id = s.authorization_id)""",
    "letters twice of one kind for one reader": """
        SELECT subject_id, kind, audience FROM letters_letter WHERE number IN
          (SELECT a.number FROM authorizations_authorization a JOIN authorizations_submission s
           ON s.authorization_id = a.id WHERE s.key LIKE %(prefix)s)
        GROUP BY subject_id, kind, audience, language HAVING count(*) > 1""",
    "letters about requests that are not there": """
        SELECT l.id FROM letters_letter l WHERE l.subject_type = 'authorization'
        AND NOT EXISTS (SELECT 1 FROM authorizations_authorization a WHERE a.id = l.subject_id)""",
}
_BEHIND = """
SELECT (SELECT count(*) FROM letters_letter WHERE rendered_at IS NULL),
 (SELECT count(*) FROM audit_event) - (SELECT coalesce(sum(count), 0) FROM audit_seal),
 (SELECT count(*) FROM audit_event e, audit_cursor c WHERE c.reader = 'live'
   AND (e.transaction, e.position) > (c.transaction, c.position))
"""


def connected(data: Path) -> psycopg.Connection[Any]:
    """The database, as its owner."""
    return psycopg.connect(Cluster(existing(data)).owner_url, autocommit=True)


def settle(data: Path, *, seconds: float = 60) -> float:
    """Until every reader has come to the end: letters rendered, events sealed, pages told; how long it took."""
    began = time.monotonic()
    with connected(data) as link:
        while any(behind := link.execute(_BEHIND).fetchone() or ()):
            assert time.monotonic() < began + seconds, f"letters, events, live events behind: {behind}"
            time.sleep(0.1)
    return time.monotonic() - began


def broken(data: Path, prefix: str) -> dict[str, int]:
    """What does not belong together, in words, with how many."""
    with connected(data) as link:
        found = {words: len(link.execute(sql, {"prefix": _like(prefix)}).fetchall()) for words, sql in _BROKEN.items()}
    return {words: count for words, count in found.items() if count}


def lost(data: Path, prefix: str, acknowledged: Mapping[str, Acknowledged]) -> list[str]:
    """Acknowledged requests that are not there exactly once under the number that was told."""
    with connected(data) as link:
        rows = link.execute(
            "SELECT s.key, a.number FROM authorizations_submission s JOIN authorizations_authorization a "
            "ON a.id = s.authorization_id WHERE s.key LIKE %s",
            [_like(prefix)],
        ).fetchall()
    there: dict[str, list[str]] = {}
    for key, number in rows:
        there.setdefault(_sent(key), []).append(number)
    return [f"{key}: told {told.number}, found {there.get(key)}" for key, told in acknowledged.items()
            if there.get(key) != [told.number]]  # fmt: skip


def uncalled(data: Path, prefix: str, acknowledged: Mapping[str, Acknowledged]) -> int:
    """Requests that are there though nobody was told so (each office asks to the end, so: none)."""
    with connected(data) as link:
        rows = link.execute("SELECT key FROM authorizations_submission WHERE key LIKE %s", [_like(prefix)]).fetchall()
    return sum(_sent(key) not in acknowledged for (key,) in rows)


def wrong_letters(data: Path, prefix: str) -> list[str]:
    """Letters whose content, or whose file on the disk, is not what was recorded."""
    with connected(data) as link:
        rows = link.execute(
            "SELECT l.id, l.tenant_id, l.content, l.content_hash, l.rendered_hash, l.size FROM letters_letter l "
            "JOIN authorizations_submission s ON s.authorization_id = l.subject_id WHERE s.key LIKE %s",
            [_like(prefix)],
        ).fetchall()
    return [str(row[0]) for row in rows if not _is_right(data, *row)]


def _like(prefix: str) -> str:
    """The door keeps a Bundle's identifier as system and value."""
    return f"%|{prefix}-%"


def _sent(key: str) -> str:
    return key.rpartition("|")[2]


def _is_right(
    data: Path, key: Any, tenant: Any, content: dict[str, Any], said: str, rendered: str, size: int
) -> bool:  # fmt: skip
    path = data / "files" / "letters" / str(tenant) / f"{key}.pdf"
    if content_hash(content) != said or not path.exists():
        return False
    printed = path.read_bytes()
    return printed.startswith(b"%PDF") and len(printed) == size and hashlib.sha256(printed).hexdigest() == rendered
