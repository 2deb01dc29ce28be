"""Routes that belong to no door: signing in and out, keeping a session.

Of django-allauth only the views that this product has pages for are routed: there is no open sign-up.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.urls import path

from forthwith.interfaces.web import session, views
from forthwith.interfaces.web.access import public

urlpatterns = [
    path("sign-in/", public(account.login), name="account_login"),
    path("sign-in/code/", public(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/again/", public(account.reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code/", public(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("sign-in/inactive/", public(account.account_inactive), name="account_inactive"),
    path("sign-out/", public(account.logout), name="account_logout"),
    path("session/keep", public(session.keep), name="session_keep"),
    path("start/", public(views.start), name="start"),
]
