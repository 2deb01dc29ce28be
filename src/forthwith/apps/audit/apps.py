"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The app."""

    name = "forthwith.apps.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
