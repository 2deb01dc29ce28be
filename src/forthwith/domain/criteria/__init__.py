"""Criteria: what must be true of a case for care to be approved by rule.

Packages are data; this room compiles them, asks their questions, evaluates
them in three-valued logic with a full trace, and says why. It never denies and
knows nothing of files, rows or pages.
"""

from __future__ import annotations

from .compiling import compile_package
from .evaluation import Criterion, Evaluation, Leaf
from .facts import ANSWER, HISTORY, RECORD, STANDARD, Count, Fact, FactSpec, FactType
from .package import CodeList, OnMet, Package, Source, read_facts
from .problems import PackageInvalid, Problem
from .questions import Choice, Question
from .truth import Truth

__all__ = [
    "ANSWER",
    "HISTORY",
    "RECORD",
    "STANDARD",
    "Choice",
    "CodeList",
    "Count",
    "Criterion",
    "Evaluation",
    "Fact",
    "FactSpec",
    "FactType",
    "Leaf",
    "OnMet",
    "Package",
    "PackageInvalid",
    "Problem",
    "Question",
    "Source",
    "Truth",
    "compile_package",
    "read_facts",
]
