"""Policies as text: read with line numbers, checked as a whole, their own test cases run.

Given the texts by file name, this room names every mistake by file, line and
cause. Opening files is the caller's work; what a package means is in
`criteria`, what an allowance means in `allowances`.
"""

from __future__ import annotations

from .checking import check
from .packages import failures
from .reading import Document, Finding, read
from .report import Report

__all__ = ["Document", "Finding", "Report", "check", "failures", "read"]
