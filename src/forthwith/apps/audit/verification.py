"""Verifying: does every chain still say what was sealed, and does it reach as far as the signed heads say?

One pass over all events in the order of sealing, each handed to its own chain, so that a million events cost a
million and memory stays what it is. Writers and the sealer may go on meanwhile: everything is read from one snapshot,
and the kept heads are read while no seal is between its line in the file and its commit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from forthwith.apps.sql import one, run

from .models import Cursor, Event, Seal
from .sealing import GENESIS, READER, SEALING_LOCK, chain_of, event_hash, heads_file, signed_words, signing_key

CHUNK = 1000
Place = tuple[int, int]
Kept = dict[int, dict[str, Any]]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not hold."""

    chain: str
    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a verification found, and over how much."""

    findings: tuple[Finding, ...]
    events: int
    seals: int
    waiting: int
    waiting_since: datetime | None


@dataclass(slots=True)
class _Walk:
    """Where the pass stands: chains by name, counts, what does not hold."""

    key: Ed25519PublicKey
    sealed_upto: Place
    heads: dict[str, Kept]
    chains: dict[str, _Chain] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)
    seals: int = 0
    waiting: int = 0
    waiting_since: datetime | None = None

    def chain(self, name: str) -> _Chain:
        """The chain of this name, opened at its first event or head."""
        if name not in self.chains:
            self.chains[name] = _Chain(self, name, self.heads.get(name, {}))
        return self.chains[name]


class _Chain:
    """One chain: its seals in order, and the digest of the batch that the pass is in."""

    def __init__(self, walk: _Walk, name: str, kept: Kept) -> None:
        self.walk, self.name, self.kept = walk, name, kept
        self.before, self.number, self.upto = GENESIS, 0, (0, 0)
        self.seals = Seal.objects.filter(chain=name).order_by("number").iterator(chunk_size=CHUNK)
        self.strangers = 0
        self._open()

    def take(self, event: Event) -> None:
        """The next event of this chain, in the order of sealing."""
        place = (event.transaction, event.position)
        while self.seal is not None and place > (self.seal.upto_transaction, self.seal.upto_position):
            self._close()
        if self.seal is None:
            self._wait(event, place)
        elif place > (self.seal.after_transaction, self.seal.after_position):
            self.digest.update(event_hash(event))
        self.count += 1

    def end(self) -> None:
        """No more events: what is still open is closed, and the kept heads say whether a tail is missing."""
        while self.seal is not None:
            self._close()
        if self.strangers:
            self._say(f"{self.strangers} event(s) lie where sealing had passed already: put in by hand")
        last = max(self.kept, default=0)
        if last > self.number and not self._is_only_uncommitted(last):
            self._say(f"the tail is missing: heads were signed up to number {last}")

    def _open(self) -> None:
        self.seal = next(self.seals, None)
        self.digest, self.count, self.reached = hashlib.sha256(bytes.fromhex(self.before)), 0, ""
        if self.seal is None:
            return
        self.walk.seals += 1
        self.number += 1
        if self.seal.number != self.number:
            self._say("a seal is missing")
            self.number = self.seal.number
        if (self.seal.after_transaction, self.seal.after_position) != self.upto:
            self._say("the seal does not begin where the one before it ends")

    def _close(self) -> None:
        seal = self.seal
        assert seal is not None
        self._check_signature(seal)
        self._check_kept(seal)
        if self.count != seal.count:
            self._say(f"{seal.count} events were sealed, {self.count} are there")
        elif self.digest.hexdigest() != seal.head:
            self._say("an event was changed after it was sealed")
        self.before, self.upto = _hex(seal.head), (seal.upto_transaction, seal.upto_position)
        self._open()

    def _check_signature(self, seal: Seal) -> None:
        try:
            words = signed_words(seal.chain, seal.number, seal.head, seal.count)
            self.walk.key.verify(bytes.fromhex(seal.signature), words)
        except (InvalidSignature, ValueError):
            self._say("the signature does not fit: the chain was rewritten")

    def _check_kept(self, seal: Seal) -> None:
        kept = self.kept.get(seal.number)
        if kept is None:
            if self.walk.heads:
                self._say("its signed head is not among those kept outside the database")
        elif (kept.get("head"), kept.get("count")) != (seal.head, seal.count):
            self._say("the head differs from the one that was signed: the chain was rewritten")

    def _wait(self, event: Event, place: Place) -> None:
        """An event after the last seal: it waits, unless sealing has passed its place."""
        if place <= self.walk.sealed_upto:
            self.strangers += 1
            return
        self.digest.update(event_hash(event))
        self.walk.waiting += 1
        self.walk.waiting_since = self.walk.waiting_since or event.at
        kept = self.kept.get(self.number + 1)
        if kept and kept.get("count") == self.count + 1 and not self.strangers:
            self.reached = self.digest.hexdigest()

    def _is_only_uncommitted(self, last: int) -> bool:
        """A sealer died between its line in the file and its commit: every event of it is there, and waits."""
        return last == self.number + 1 and self.reached != "" and self.reached == self.kept[last].get("head")

    def _say(self, text: str) -> None:
        self.walk.found.append(Finding(chain=self.name, number=self.number, text=text))


def findings(*, kept: dict[str, Kept] | None = None, progress: Progress | None = None) -> Iterator[Finding]:
    """Everything that does not hold. Call within a scope that sees every tenant and the platform."""
    yield from verified(kept=kept_heads() if kept is None else kept, progress=progress).findings


def verified(*, kept: dict[str, Kept], progress: Progress | None = None) -> Verified:
    """The pass, within the caller's transaction."""
    walk = _Walk(key=signing_key().public_key(), sealed_upto=_sealed_upto(), heads=kept)
    for name in {*kept, *Seal.objects.values_list("chain", flat=True).distinct()}:
        walk.chain(name)
    if walk.chains and not kept:
        walk.found.append(Finding(chain="*", number=0, text=f"no signed heads are kept outside: {heads_file()} is missing or empty"))  # fmt: skip
    events = 0
    for event in Event.objects.order_by("transaction", "position").iterator(chunk_size=CHUNK):
        walk.chain(chain_of(event.tenant_id)).take(event)
        events += 1
        if progress is not None and events % CHUNK == 0:
            progress(CHUNK)
    for chain in walk.chains.values():
        chain.end()
    found = tuple(sorted(walk.found, key=lambda one: (one.chain, one.number)))
    return Verified(
        findings=found, events=events, seals=walk.seals, waiting=walk.waiting, waiting_since=walk.waiting_since
    )


def verify(progress: Progress | None = None) -> Verified:
    """The pass over everything, in a transaction of its own; not within another."""
    run("SELECT pg_advisory_lock(%s)", [SEALING_LOCK])  # no seal is half written while the heads are read
    is_locked = True
    try:
        kept = kept_heads()
        with transaction.atomic():
            run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            row = one("SELECT string_agg(id::text, ',') FROM tenancy_tenant")  # from here on one snapshot
            run("SELECT pg_advisory_unlock(%s)", [SEALING_LOCK])
            is_locked = False
            tenants = row[0] if row and row[0] else ""
            run("SELECT set_config('forthwith.tenants', %s, true), set_config('forthwith.platform', 'on', true)", [tenants])  # fmt: skip
            return verified(kept=kept, progress=progress)
    finally:
        if is_locked:
            run("SELECT pg_advisory_unlock(%s)", [SEALING_LOCK])


def about_how_many() -> int:
    """How many events there are, as the database guesses: for a progress bar."""
    row = one("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'audit_event'::regclass")
    return int(row[0]) if row else 0


def kept_heads() -> dict[str, Kept]:
    """The heads kept in the file, by chain and number; of two with one number the later, which was committed."""
    kept: dict[str, Kept] = {}
    path = heads_file()
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                head = _read(line)
                if head is not None:
                    kept.setdefault(head["chain"], {})[head["number"]] = head
    return kept


def _read(line: str) -> dict[str, Any] | None:
    """A line of the file; None for one that a power cut tore. Its seal then has no kept head, or is written again."""
    try:
        head = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(head, dict) and isinstance(head.get("chain"), str) and isinstance(head.get("number"), int)
    return head if whole else None


def _sealed_upto() -> Place:
    cursor = Cursor.objects.filter(reader=READER).first()
    return (cursor.transaction, cursor.position) if cursor else (0, 0)


def _hex(head: str) -> str:
    """A head to go on from; one that is no digest was reported already."""
    return head if len(head) == len(GENESIS) and not set(head) - set("0123456789abcdef") else GENESIS
