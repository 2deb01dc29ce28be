"""Routes of the provider portal."""

from __future__ import annotations

from django.urls import path

from forthwith.interfaces.provider_portal import views

app_name = "provider_portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("authorizations/", views.authorizations, name="authorizations"),
    path("authorizations/<str:number>/", views.authorization, name="authorization"),
    path("authorizations/<str:number>/withdraw/", views.withdraw, name="withdraw"),
    path("authorizations/<str:number>/answer/", views.answer, name="answer"),
    path("authorizations/<str:number>/attachments/", views.attach, name="attach"),
    path(
        "authorizations/<str:number>/attachments/<uuid:id>/",
        views.attachment,
        name="attachment",
    ),
    path("authorizations/<str:number>/letters/<uuid:id>/", views.letter, name="letter"),
    path("authorizations/<str:number>/letters/<uuid:id>.pdf", views.letter_pdf, name="letter_pdf"),
    path("patients/", views.find_member, name="find_member"),
    path("patients/<uuid:id>/", views.member, name="member"),
    path("requests/new/", views.new, name="new"),
    path("requests/start/", views.start, name="start"),
    path("requests/services/", views.service_options, name="service_options"),
    path("requests/<uuid:id>/", views.resume, name="resume"),
    path("requests/<uuid:id>/services/", views.services, name="services"),
    path("requests/<uuid:id>/check/", views.check, name="check"),
    path("requests/<uuid:id>/questions/", views.questions, name="questions"),
    path("requests/<uuid:id>/ask/", views.ask, name="ask"),
    path("requests/<uuid:id>/documents/", views.documents, name="documents"),
    path("requests/<uuid:id>/review/", views.review, name="review"),
    path("requests/<uuid:id>/discard/", views.discard, name="discard"),
]
