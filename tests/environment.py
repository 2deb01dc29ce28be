"""Loaded before Django reads its settings (pytest's `-p tests.environment`): names the tests' own database."""

from __future__ import annotations

from tests.postgres import prepare_environment

prepare_environment()
