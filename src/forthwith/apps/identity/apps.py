"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The app."""

    name = "forthwith.apps.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
