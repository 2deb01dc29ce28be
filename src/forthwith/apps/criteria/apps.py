"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class CriteriaConfig(AppConfig):
    """The app."""

    name = "forthwith.apps.criteria"
    label = "criteria"
    default_auto_field = "django.db.models.BigAutoField"
