"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """The app."""

    name = "forthwith.apps.tenancy"
    label = "tenancy"
    default_auto_field = "django.db.models.BigAutoField"
