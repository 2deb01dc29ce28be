"""Routes of the staff desk, mounted at /desk/."""

from __future__ import annotations

from django.urls import path

from forthwith.interfaces.staff_desk import views

app_name = "staff_desk"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("mine/", views.mine, name="mine"),
    path("requests/", views.requests, name="requests"),
    path("next/", views.take_next, name="take_next"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/take/", views.take, name="take"),
    path("cases/<str:number>/release/", views.release, name="release"),
    path("cases/<str:number>/decide/", views.decide, name="decide"),
    path("cases/<str:number>/ask/", views.ask, name="ask"),
    path("cases/<str:number>/recommend/", views.recommend, name="recommend"),
    path("cases/<str:number>/extend/", views.extend, name="extend"),
    path("cases/<str:number>/notice/", views.notice, name="notice"),
    path("cases/<str:number>/attachments/<uuid:id>/", views.attachment, name="attachment"),
    path("cases/<str:number>/letters/<uuid:id>/", views.letter, name="letter"),
    path("cases/<str:number>/letters/<uuid:id>.pdf", views.letter_pdf, name="letter_pdf"),
]
