"""Routes of this door, below /fhir/."""

from __future__ import annotations

from django.urls import path, re_path

from forthwith.interfaces.fhir_api import views

app_name = "fhir_api"
urlpatterns = [
    path("metadata", views.metadata, name="metadata"),
    path("Claim/$submit", views.submit, name="submit"),
    re_path(r"^", views.missing, name="missing"),
]
