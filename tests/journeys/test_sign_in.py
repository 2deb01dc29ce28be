"""Signing in: username and password, then the code of the authenticator app; idle sessions end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now

from forthwith.apps.identity.models import Person
from forthwith.interfaces.web.session import SEEN
from tests.journeys.portal import a_world, at_the_portal

pytestmark = pytest.mark.django_db
PASSWORD = "quiet-harbor-lantern-7"


@pytest.fixture(autouse=True)
def no_limits_kept(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def a_person(w) -> tuple[Person, str]:
    person = Person.objects.get(pk=w["coordinator"].id)
    person.password = make_password(PASSWORD)
    person.save()
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return person, secret


def code_of(secret: str) -> str:
    return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06d}"


def browser(w) -> Client:
    return Client(HTTP_HOST=f"{w.tenant.key}.localhost")


def test_password_then_code_leads_to_the_home_page():
    w = a_world()
    person, secret = a_person(w)
    office = browser(w)
    assert "Sign in" in office.get("/sign-in/").content.decode()
    step = office.post("/sign-in/", {"login": person.username.upper(), "password": PASSWORD})
    assert step["Location"].endswith("/sign-in/code/")
    assert "Enter your code" in office.get("/sign-in/code/").content.decode()
    assert office.get("/")["Location"].startswith("/sign-in/")
    done = office.post("/sign-in/code/", {"code": code_of(secret)}, follow=True)
    assert "Good " in done.content.decode()


def test_wrong_password_and_wrong_code_say_so_and_let_nobody_in():
    w = a_world()
    person, _ = a_person(w)
    office = browser(w)
    page = office.post("/sign-in/", {"login": person.username, "password": "wrong"})
    assert "The username or the password is not right" in page.content.decode()
    page = office.post("/sign-in/", {"login": "nobody", "password": "wrong"})
    assert "The username or the password is not right" in page.content.decode()
    page = office.post("/sign-in/", {"login": "", "password": ""})
    assert "Enter your username" in page.content.decode()
    office.post("/sign-in/", {"login": person.username, "password": PASSWORD})
    page = office.post("/sign-in/code/", {"code": "000000"})
    assert "That code is not right" in page.content.decode()
    assert office.get("/")["Location"].startswith("/sign-in/")


def test_without_a_second_factor_nobody_gets_in():
    w = a_world()
    person, _ = a_person(w)
    Authenticator.objects.filter(user=person).delete()
    office = browser(w)
    page = office.post("/sign-in/", {"login": person.username, "password": PASSWORD})
    assert page.status_code == 403
    assert "no authenticator app yet" in page.content.decode()
    assert office.get("/")["Location"].startswith("/sign-in/")


def test_signing_out_takes_a_post_and_ends_the_session():
    w = a_world()
    office = at_the_portal(w)
    assert office.get("/").status_code == 200
    office.post("/sign-out/")
    assert office.get("/")["Location"].startswith("/sign-in/")


def test_an_idle_session_ends_and_says_why():
    w = a_world()
    office = at_the_portal(w)
    office.get("/")
    session = office.session
    session[SEEN] = (now() - timedelta(minutes=31)).isoformat()
    session.save()
    page = office.get("/")
    assert page["Location"].startswith("/sign-in/?over=1")
    assert "You were signed out" in office.get(page["Location"]).content.decode()


def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive():
    w = a_world()
    office = at_the_portal(w)
    office.get("/")
    session = office.session
    session[SEEN] = before = (now() - timedelta(minutes=20)).isoformat()
    session.save()
    office.get("/", headers={"Forthwith-Passive": "1"})
    assert office.session[SEEN] == before
    assert office.post("/session/keep").status_code == 204
    assert office.session[SEEN] > before


def test_there_is_no_sign_up():
    assert browser(a_world()).get("/signup/").status_code == 404
