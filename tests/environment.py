"""Loaded before Django reads its settings (pytest's `-p tests.environment`): names the tests' own database."""

from __future__ import annotations

from tests.network import stay_here
from tests.postgres import prepare_environment

prepare_environment()
stay_here()
