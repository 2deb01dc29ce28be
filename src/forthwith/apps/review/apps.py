"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The app."""

    name = "forthwith.apps.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"
