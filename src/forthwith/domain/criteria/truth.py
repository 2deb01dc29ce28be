"""Three-valued truth (strong Kleene): met, not met, unknown.

What is not known is neither true nor false. Only the words and the two sums
over them live here; facts and trees do not enter.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """What can be said of a criterion from the facts at hand."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


# Bound once: a global name costs less than an attribute of the class in the inner loop.
MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
WORDS = {MET: "met", NOT_MET: "not met", UNKNOWN: "unknown"}


def of(found: bool) -> Truth:
    """A plain yes or no as a truth."""
    return MET if found else NOT_MET


def negated(truth: Truth) -> Truth:
    """The opposite; the opposite of unknown is unknown."""
    if truth is UNKNOWN:
        return UNKNOWN
    return NOT_MET if truth is MET else MET


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    """Whether `count` of the truths are met: sure, impossible, or still open."""
    met = open_ = 0
    for truth in truths:
        if truth is MET:
            met += 1
        elif truth is UNKNOWN:
            open_ += 1
    if met >= count:
        return MET
    return UNKNOWN if met + open_ >= count else NOT_MET


def agreed(truths: Iterable[Truth]) -> Truth:
    """The one truth that all share, else unknown: for a fact that could be any of several values."""
    shared: Truth | None = None
    for truth in truths:
        if truth is UNKNOWN or (shared is not None and truth is not shared):
            return UNKNOWN
        shared = truth
    return shared or UNKNOWN
