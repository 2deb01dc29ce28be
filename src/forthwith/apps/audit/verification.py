"""Verifying: does every chain still say what was sealed, and does it reach as far as the signed heads say?

Sealing goes on meanwhile. How far the chains reach is read while the sealer waits; what is sealed afterwards is not
looked at. A head is signed just before its seal is committed: one whose sealing was cut off there is no finding, as
long as its events are there untouched and wait to be sealed again.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from django.db.models import Max

from forthwith.apps.sql import run

from . import queries
from .models import Cursor, Event, Seal
from .sealing import GENESIS, PLATFORM, READER, head_over, heads_file, signed_words, signing_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not hold."""

    chain: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a chain goes: the number of its last seal, and the signed heads by number."""

    last: int
    heads: dict[int, dict[str, Any]]


def reaches() -> dict[str, Reach]:
    """Every chain's reach at one moment. The sealer waits until the caller's transaction ends: let it be short."""
    cursor = queries.locked_cursor(READER)
    lasts = dict(Seal.objects.values_list("chain").annotate(last=Max("number")).order_by())
    kept = _kept_heads()
    found = {}
    for chain in sorted({*lasts, *kept}):
        last, heads = lasts.get(chain, 0), kept.get(chain, {})
        if last + 1 in heads and _waits_to_be_sealed(chain, last, heads[last + 1], cursor):
            del heads[last + 1]
        found[chain] = Reach(last, heads)
    return found


def _waits_to_be_sealed(chain: str, last: int, head: dict[str, Any], cursor: Cursor) -> bool:
    """Do the events behind the sealer's cursor give exactly this head?"""
    seal = Seal.objects.filter(chain=chain, number=last).first()
    events = Event.objects.filter(tenant_id=None if chain == PLATFORM else UUID(chain)).extra(
        where=["(transaction, position) > (%s, %s)"], params=[cursor.transaction, cursor.position]
    )
    waiting = list(events.order_by("transaction", "position")[: head["count"]])
    return len(waiting) == head["count"] and head_over(seal.head if seal else GENESIS, waiting) == head["head"]


def findings(reaching: Mapping[str, Reach] | None = None) -> Iterator[Finding]:
    """Everything that does not hold, so far as the chains reach. Call within a scope that sees all."""
    for chain, reach in (reaches() if reaching is None else reaching).items():
        yield from _chain(chain, reach.last, reach.heads)


def _chain(chain: str, upto: int, kept: dict[int, dict[str, Any]]) -> Iterator[Finding]:
    before, number = GENESIS, 0
    for seal in Seal.objects.filter(chain=chain, number__lte=upto).order_by("number").iterator():
        number += 1
        if seal.number != number:
            yield Finding(chain=chain, number=number, text="a seal is missing")
            number = seal.number
        yield from _seal(seal, before, kept.get(seal.number))
        before = seal.head
    last = max(kept, default=0)
    if last > number:
        yield Finding(chain=chain, number=number, text=f"the tail is missing: heads were signed up to number {last}")


def _seal(seal: Seal, before: str, kept: dict[str, Any] | None) -> Iterator[Finding]:
    try:
        words = signed_words(seal.chain, seal.number, seal.head, seal.count)
        signing_key().public_key().verify(bytes.fromhex(seal.signature), words)
    except (InvalidSignature, ValueError):
        yield Finding(chain=seal.chain, number=seal.number, text="the signature does not fit: the chain was rewritten")
    if kept is not None and kept["head"] != seal.head:
        yield Finding(chain=seal.chain, number=seal.number, text="the head differs from the one that was signed: the chain was rewritten")  # fmt: skip
    events = list(_events(seal))
    if len(events) != seal.count:
        yield Finding(chain=seal.chain, number=seal.number, text=f"{seal.count} events were sealed, {len(events)} are there")  # fmt: skip
    elif head_over(before, events) != seal.head:
        yield Finding(chain=seal.chain, number=seal.number, text="an event was changed after it was sealed")


def _events(seal: Seal) -> Iterator[Event]:
    same = "tenant_id IS NULL" if seal.tenant_id is None else "tenant_id = %(tenant)s"
    yield from Event.objects.raw(
        f"SELECT * FROM audit_event WHERE {same} AND (transaction, position) > (%(at)s, %(ap)s) "
        "AND (transaction, position) <= (%(ut)s, %(up)s) ORDER BY transaction, position",
        {
            "tenant": seal.tenant_id, "at": seal.after_transaction, "ap": seal.after_position,
            "ut": seal.upto_transaction, "up": seal.upto_position,
        },
    )  # fmt: skip


def _kept_heads() -> dict[str, dict[int, dict[str, Any]]]:
    """By chain and number, the later line of two. A line that a power cut tore was never committed."""
    kept: dict[str, dict[int, dict[str, Any]]] = {}
    path = heads_file()
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, KeyError, TypeError):
                head = json.loads(line)
                kept.setdefault(head["chain"], {})[head["number"]] = head
    return kept


def verify() -> bool:
    """Print what was found for people; True when everything holds."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_tenant")
        tenants = ",".join(str(row[0]) for row in cursor.fetchall())
    scope = "SELECT set_config('forthwith.tenants', %s, true), set_config('forthwith.platform', 'on', true)"
    with transaction.atomic():
        run(scope, [tenants])
        reaching = reaches()
    with transaction.atomic():
        run(scope, [tenants])
        found = list(findings(reaching))
        seals, events = Seal.objects.count(), Event.objects.count()
    for finding in found:
        print(f"chain {finding.chain}, seal {finding.number}: {finding.text}", file=sys.stderr)
    if not found:
        print(f"{events} events in {seals} seals: every chain holds.")
    return not found
