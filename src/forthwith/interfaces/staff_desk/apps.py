"""Registers the desk's rail with the chassis."""

from __future__ import annotations

from django.apps import AppConfig

from forthwith.interfaces.web import rail


class StaffDesk(AppConfig):
    """The staff desk as a Django app: templates and a rail, no tables."""

    name = "forthwith.interfaces.staff_desk"
    label = "staff_desk"

    def ready(self) -> None:
        """Offer the rail."""
        from forthwith.interfaces.staff_desk.navigation import RAIL

        rail.register(RAIL)
