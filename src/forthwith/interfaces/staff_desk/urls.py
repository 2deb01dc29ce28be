"""Routes of this door."""

from __future__ import annotations

app_name = "staff_desk"
urlpatterns: list = []
