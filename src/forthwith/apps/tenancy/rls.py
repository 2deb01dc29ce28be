"""Kept for migrations' imports: see forthwith.apps.walls."""

from forthwith.apps.walls import grant, protect  # noqa: F401
