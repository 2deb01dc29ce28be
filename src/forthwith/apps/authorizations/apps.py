"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class AuthorizationsConfig(AppConfig):
    """The app."""

    name = "forthwith.apps.authorizations"
    label = "authorizations"
    default_auto_field = "django.db.models.BigAutoField"
