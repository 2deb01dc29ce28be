"""The book of allowances: finds the entries that match a case without reading them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from ..words import ItemClass, LineOfBusiness, Timing, Urgency
from .rules import Allowance, AppealWindow, Layer

_Kind = tuple[LineOfBusiness, ItemClass, Urgency, Timing]


class UnknownServiceLevel(ValueError):
    """The book has no service level with this id."""


class UnknownTenant(ValueError):
    """The book names no service levels for this tenant."""


class AllowanceBook:
    """Every version of every allowance, indexed once by what a case asks. Immutable after it is made."""

    def __init__(
        self,
        rules: Iterable[Allowance],
        appeals: Iterable[AppealWindow] = (),
        tenants: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: (rule.id, rule.effective_from)))
        self.appeals = tuple(sorted(appeals, key=lambda window: (window.id, window.effective_from)))
        self.tenants = dict(tenants or {})
        self._states = {rule.state for rule in self.rules if rule.state is not None}
        self._levels = {rule.id for rule in self.rules if rule.layer is Layer.SERVICE_LEVEL}
        self._by_kind: dict[tuple[_Kind, str | None], tuple[Allowance, ...]] = {}
        self._by_level: dict[tuple[_Kind, str], tuple[Allowance, ...]] = {}
        self._index()

    def _index(self) -> None:
        kinds = product(LineOfBusiness, ItemClass, Urgency, Timing)
        for kind in kinds:
            of_kind = tuple(rule for rule in self.rules if _speaks_of(rule, kind))
            laws = tuple(rule for rule in of_kind if rule.layer is not Layer.SERVICE_LEVEL)
            for state in (None, *self._states):
                here = tuple(rule for rule in laws if rule.state is None or rule.state == state)
                self._by_kind[kind, state] = here
            for level in self._levels:
                self._by_level[kind, level] = tuple(rule for rule in of_kind if rule.id == level)

    def matching(
        self,
        lob: LineOfBusiness,
        item: ItemClass,
        urgency: Urgency,
        timing: Timing,
        state: str | None,
        levels: tuple[str, ...] = (),
    ) -> tuple[Allowance, ...]:
        """Every version of every rule that speaks of such a request, in force or not.

        Service levels are those named in `levels`. Raises UnknownServiceLevel.
        """
        kind = (lob, item, urgency, timing)
        laws = self._by_kind[kind, state if state in self._states else None]
        for level in levels:
            laws += self._level(kind, level)
        return laws

    def _level(self, kind: _Kind, level: str) -> tuple[Allowance, ...]:
        if level not in self._levels:
            known = ", ".join(sorted(self._levels)) or "none"
            raise UnknownServiceLevel(f"No service level is named {level!r}; known: {known}.")
        return self._by_level[kind, level]

    def levels_of(self, tenant: str) -> tuple[str, ...]:
        """The service levels that a tenant has promised, by the tenant's key. Raises UnknownTenant."""
        if tenant not in self.tenants:
            known = ", ".join(sorted(self.tenants)) or "none"
            raise UnknownTenant(f"No tenant is named {tenant!r}; known: {known}.")
        return self.tenants[tenant]


def _speaks_of(rule: Allowance, kind: _Kind) -> bool:
    lob, item, urgency, timing = kind
    listed = lob in rule.lobs or rule.is_pre_empted(lob)
    return listed and item in rule.items and urgency in rule.urgencies and timing in rule.timings
