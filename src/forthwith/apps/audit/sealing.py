"""Sealing: events become links of a chain, in batches, seconds behind; heads are signed with a key the database never holds.

Each seal's head is SHA-256 over the head before it and the hash of every event
in the batch, in commit order. Signed heads are also appended to a file beside
the data folder: a deleted tail or a rewritten chain no longer agrees with it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from forthwith.apps.sql import run

from . import queries
from .models import Event, Seal

GENESIS = "0" * 64
READER = "seal"
PLATFORM = "platform"
BATCH = 2000
SEALING_LOCK = 0x5EA1  # held while a seal is written: the line in the file and the row belong together


def signing_key() -> Ed25519PrivateKey:
    """The key of FORTHWITH_AUDIT_KEY (32 bytes in hex); raises KeyError where it is not set."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(os.environ["FORTHWITH_AUDIT_KEY"]))


def key_id(key: Ed25519PrivateKey) -> str:
    """A short name of the key: the beginning of its public part's SHA-256."""
    return hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()[:16]


def chain_of(tenant_id: UUID | None) -> str:
    """The chain's name."""
    return str(tenant_id) if tenant_id else PLATFORM


def event_hash(event: Event) -> bytes:
    """The SHA-256 of everything an event says."""
    said = [
        str(event.id), event.position, event.transaction, str(event.tenant_id), event.at.isoformat(), event.verb,
        str(event.actor_id), event.actor_name, event.actor_kind, event.on_behalf_of, event.portal, event.purpose,
        event.subject_type, str(event.subject_id), event.subject_number, event.facts,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).digest()


def head_over(before: str, events: Iterable[Event]) -> str:
    """The head that continues `before` with these events."""
    digest = hashlib.sha256(bytes.fromhex(before))
    for event in events:
        digest.update(event_hash(event))
    return digest.hexdigest()


def signed_words(chain: str, number: int, head: str, count: int) -> bytes:
    """What is signed for a seal."""
    return f"{chain}|{number}|{head}|{count}".encode()


def seal_waiting(*, at: datetime) -> int:
    """Seal the events that were committed since the last time; how many there were.

    Call within a scope that sees every tenant. One sealer at a time: the cursor is locked.
    """
    run("SELECT pg_advisory_xact_lock(%s)", [SEALING_LOCK])
    cursor = queries.locked_cursor(READER)
    events = queries.after(cursor.transaction, cursor.position, limit=BATCH)
    if not events:
        return 0
    chains: dict[UUID | None, list[Event]] = {}
    for event in events:
        chains.setdefault(event.tenant_id, []).append(event)
    key = signing_key()
    seals = [_seal(tenant_id, batch, key, at) for tenant_id, batch in chains.items()]
    Seal.objects.bulk_create(seals)
    cursor.transaction, cursor.position, cursor.moved_at = events[-1].transaction, events[-1].position, at
    cursor.save()
    _write_heads(seals)
    return len(events)


def _seal(tenant_id: UUID | None, batch: list[Event], key: Ed25519PrivateKey, at: datetime) -> Seal:
    chain = chain_of(tenant_id)
    last = Seal.objects.filter(chain=chain).order_by("-number").first()
    number, before = (last.number + 1, last.head) if last else (1, GENESIS)
    head = head_over(before, batch)
    return Seal(
        tenant_id=tenant_id, chain=chain, number=number,
        after_transaction=last.upto_transaction if last else 0, after_position=last.upto_position if last else 0,
        upto_transaction=batch[-1].transaction, upto_position=batch[-1].position, count=len(batch), head=head,
        signature=key.sign(signed_words(chain, number, head, len(batch))).hex(), key_id=key_id(key), sealed_at=at,
    )  # fmt: skip


def heads_file() -> Path:
    """Where signed heads are kept outside the database."""
    return Path(settings.DATA_ROOT) / "heads" / "audit.jsonl"


def _write_heads(seals: list[Seal]) -> None:
    """Before the commit: a head in the file without its seal is a seal that was never committed, or a deleted one;
    the next sealing writes the same number again, and the later line counts."""
    path = heads_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(_head_line(seal)) + "\n" for seal in seals).encode()
    with path.open("a+b", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        if end and os.pread(file.fileno(), 1, end - 1) != b"\n":
            lines = b"\n" + lines  # a power cut tore the last line
        file.write(lines)
        os.fsync(file.fileno())


def _head_line(seal: Seal) -> dict[str, Any]:
    return {"chain": seal.chain, "number": seal.number, "head": seal.head, "count": seal.count, "signature": seal.signature}  # fmt: skip
