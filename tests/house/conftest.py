"""Pages are asked for plainly here, as in the journeys."""

from __future__ import annotations

from tests.journeys.conftest import plain_static_files, static_folder

__all__ = ["plain_static_files", "static_folder"]
