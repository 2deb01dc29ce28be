"""The allowances of the law as shipped with the policies, read once a process."""

from __future__ import annotations

from functools import cache

import yaml
from django.conf import settings

from forthwith.domain import allowances


@cache
def book() -> allowances.AllowanceBook:
    """The book of allowances: cited, effective-dated."""
    folder = settings.FORTHWITH_POLICIES / "allowances"
    return allowances.read_book(yaml.safe_load(path.read_text()) for path in sorted(folder.glob("*.yaml")))
