"""Registers the portal's rail with the chassis."""

from __future__ import annotations

from django.apps import AppConfig

from forthwith.interfaces.web import rail


class ProviderPortal(AppConfig):
    """The provider portal as a Django app: templates and a rail, no tables."""

    name = "forthwith.interfaces.provider_portal"
    label = "provider_portal"

    def ready(self) -> None:
        """Offer the rail."""
        from forthwith.interfaces.provider_portal.navigation import RAIL

        rail.register(RAIL)
