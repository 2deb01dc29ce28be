"""Routes of this door."""

from __future__ import annotations

app_name = "fhir_api"
urlpatterns: list = []
