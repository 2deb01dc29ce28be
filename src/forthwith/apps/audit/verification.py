"""Verifying: does every chain still say what was sealed, and does it reach as far as the signed heads say?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature

from forthwith.apps.sql import run

from .models import Event, Seal
from .sealing import GENESIS, head_over, heads_file, signed_words, signing_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not hold."""

    chain: str
    number: int
    text: str


def findings() -> Iterator[Finding]:
    """Everything that does not hold. Call within a scope that sees every tenant and the platform."""
    heads = _kept_heads()
    chains = sorted(set(Seal.objects.values_list("chain", flat=True)) | set(heads))
    for chain in chains:
        yield from _chain(chain, heads.get(chain, {}))


def _chain(chain: str, kept: dict[int, dict[str, str]]) -> Iterator[Finding]:
    before, number = GENESIS, 0
    for seal in Seal.objects.filter(chain=chain).order_by("number").iterator():
        number += 1
        if seal.number != number:
            yield Finding(chain=chain, number=number, text="a seal is missing")
            number = seal.number
        yield from _seal(seal, before, kept.get(seal.number))
        before = seal.head
    last = max(kept, default=0)
    if last > number:
        yield Finding(chain=chain, number=number, text=f"the tail is missing: heads were signed up to number {last}")


def _seal(seal: Seal, before: str, kept: dict[str, str] | None) -> Iterator[Finding]:
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


def _kept_heads() -> dict[str, dict[int, dict[str, str]]]:
    kept: dict[str, dict[int, dict[str, str]]] = {}
    path = heads_file()
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            head = json.loads(line)
            kept.setdefault(head["chain"], {})[head["number"]] = head
    return kept


def verify() -> bool:
    """Print what was found for people; True when everything holds."""
    from django.db import connection, transaction

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM tenancy_tenant")
            tenants = ",".join(str(row[0]) for row in cursor.fetchall())
        run("SELECT set_config('forthwith.tenants', %s, true), set_config('forthwith.platform', 'on', true)", [tenants])
        found = list(findings())
        seals, events = Seal.objects.count(), Event.objects.count()
    for finding in found:
        print(f"chain {finding.chain}, seal {finding.number}: {finding.text}", file=sys.stderr)
    if not found:
        print(f"{events} events in {seals} seals: every chain holds.")
    return not found
