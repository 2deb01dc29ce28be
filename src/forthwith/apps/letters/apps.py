"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """The app."""

    name = "forthwith.apps.letters"
    label = "letters"
    default_auto_field = "django.db.models.BigAutoField"
