"""All routes. Which portal answers is told by the Host header alone; each door checks that it may serve there."""

from __future__ import annotations

from django.urls import include, path

from forthwith.interfaces.web import health, live
from forthwith.interfaces.web.access import public

urlpatterns = [
    path("healthz", public(health.alive), name="healthz"),
    path("readyz", public(health.ready), name="readyz"),
    path("live", live.stream, name="live"),
    path("fhir/", include("forthwith.interfaces.fhir_api.urls")),
    path("desk/", include("forthwith.interfaces.staff_desk.urls")),
    path("", include("forthwith.interfaces.web.urls")),
    path("", include("forthwith.interfaces.provider_portal.urls")),
]
handler400 = "forthwith.interfaces.web.views.bad_request"
handler403 = "forthwith.interfaces.web.views.permission_denied"
handler404 = "forthwith.interfaces.web.views.page_not_found"
handler500 = "forthwith.interfaces.web.views.server_error"
