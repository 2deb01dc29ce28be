"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """The app."""

    name = "forthwith.apps.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"
