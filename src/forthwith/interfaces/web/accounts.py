"""Signing in with django-allauth: no open sign-up, our own words, and where one lands.

What must not enter: who may do what (that is `identity`), and any way around the second step.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by a plan or a practice, never by a stranger."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "The username or the password is not right",
        "too_many_login_attempts": "Too many attempts. Wait five minutes and try again",
        "rate_limited": "Too many attempts. Wait a few minutes and try again",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The home page of the first door that is theirs."""
        return reverse("start")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Back to the front door."""
        return reverse("account_login")

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Nobody comes in by a password alone: without an authenticator app there is no second step to take."""
        if not is_mfa_enabled(user):
            return render(request, "account/no_second_step.html", status=403)
        return cast("HttpResponse | None", super().pre_login(request, user, **kwargs))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages say what changed; "you have signed in" is plain to see."""


class SecondStep(DefaultMFAAdapter):  # type: ignore[misc]
    """The authenticator app, with our own words."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code is not right. Wait for the next one in your app and try again",
    }


class SignIn(LoginForm):  # type: ignore[misc]
    """Username and password, with errors that say what to enter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, login="Enter your username", password="Enter your password")
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "autofocus": True}
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        self.fields.pop("remember", None)


class Code(AuthenticateForm):  # type: ignore[misc]
    """The code of the authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code="Enter the code from your app")


def _say(form: Any, **texts: str) -> None:
    for name, text in texts.items():
        form.fields[name].error_messages["required"] = text
