"""What no browser of ours would send, to every route: never a 500, never half done, always an answer in our words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from forthwith.apps.authorizations.models import Authorization, Draft
from tests.factories import scope
from tests.house.routes import ALL, BROWSED, Route, browser, places
from tests.house.test_routes import owner_of
from tests.journeys.portal import a_world, version
from tests.journeys.test_sign_in import PASSWORD, a_person, code_of

pytestmark = pytest.mark.django_db
INSIDES = re.compile(r"Traceback|psycopg|django\.|site-packages|SELECT |DoesNotExist|Exception")
NUL = "a\x00b"
IN_PATHS = ("%00", "a%00b", "%ff%fe", "%F0%9F%98%80", "9" * 5000, "..%2f..%2fetc", "%0d%0aSet-Cookie:x=1")
QUERIES = (
    "q=a%00b&status=%00&order=%00&view=%00&only=%00&page=%00&service=%00&by=%00&next=%00&authorization=%00",
    "q=%ff&status=%ff&order=%ff&view=%ff&only=%ff&page=%ff&service=%ff&authorization=%ff&print=%ff",
    "page=99999999999999999999", "page=-1", "page=%C2%B2", "page=%D9%A1", "status=" + "x" * 3000,
    "next=%0d%0aSet-Cookie:%20x=1", "q=%27%3B+DROP+TABLE+audit_event--", "q[]=1&q=2&q=3",
)  # fmt: skip
BODIES = (
    ("application/json", b"{"), ("multipart/form-data", b"x"), ("text/plain", b"\xff\xfe"), ("", b"x"),
    ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="x"\r\n'),
    ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="file"; filename="a\x00b.pdf"\r\n\r\n%PDF-\r\n--a--\r\n'),
    ("application/x-www-form-urlencoded", b"a=%ff%fe&version=%ff&reason=%ff&answer=%ff&q=\xff\xfe&act=%ff&key=%ff"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"version=1"),
    ("application/x-www-form-urlencoded", "&".join(f"f{i}=1" for i in range(1500)).encode()),
    ("application/x-www-form-urlencoded", b"version=" + b"9" * 400 + b"&page=" + b"9" * 400),
)  # fmt: skip
_LINE = {f"line-{part}": NUL for part in ("service", "units", "from", "to", "side")}
_SETTING = dict.fromkeys(("diagnosis", "practitioner", "place", "facility", "urgency", "attested_by", "timing", "coverage", "service", "add_diagnosis"), NUL)  # fmt: skip
_BORN = {"birth_on_month": NUL, "birth_on_day": "14", "birth_on_year": "1951"}
FORMS: dict[str, list[dict[str, Any]]] = {
    "provider_portal:withdraw": [{"reason": NUL}],
    "provider_portal:answer": [{"answer": NUL}],
    "provider_portal:find_member": [
        {"by": "number", "number": NUL, **_BORN}, {"by": "name", "last_name": NUL, "first_name": NUL, **_BORN},
    ],
    "provider_portal:start": [{"member": NUL}],
    "provider_portal:services": [
        {**_LINE, **_SETTING, "act": act} for act in ("continue", "save", f"add={NUL}", "diagnose", "enter", NUL)
    ],
    "provider_portal:check": [{**_LINE, **_SETTING}],
    "provider_portal:questions": [{"a.MSK-ESI.region": NUL, f"a.{NUL}": NUL, "clinical_reason": NUL, "act": "continue"}],
    "provider_portal:ask": [{"a.MSK-ESI.region": NUL, "clinical_reason": NUL, "shown": NUL}],
    "provider_portal:documents": [{"act": f"detach={NUL}"}, {"act": "continue", "version": NUL}],
    "provider_portal:review": [{"act": "submit", "key": NUL}],
    "staff_desk:ask": [{"message": NUL, "missing": NUL}],
    "staff_desk:decide": [{"outcome_1": "not_certified", "reason_1": NUL, "basis_1": NUL, "affirm": "on", "units_1": NUL}],
    "staff_desk:recommend": [{"note": NUL, "advice_1": "certified"}],
    "staff_desk:extend": [{"words": NUL, "reason": NUL}],
    "staff_desk:notice": [{"recipient": NUL, "means": NUL}],
    "staff_desk:take": [{"over": NUL}],
    "staff_desk:take_next": [{"view": NUL, "only": NUL}],
    "account_login": [{"login": NUL, "password": NUL}],
}  # fmt: skip


def fine(response: Any, *about: Any) -> None:
    """No failure of ours, and nothing of our insides on the page."""
    assert response.status_code < 500, about
    if not response.streaming and response.status_code >= 400:
        assert not INSIDES.search(response.content.decode("utf-8", "replace")), about
    assert "x" not in response.cookies, about


@pytest.fixture
def here():
    return places()


@pytest.fixture
def clients(here):
    return {role: browser(here.world, role) for role in ("coordinator", "physician")}


def test_no_address_breaks_a_route(here, clients):
    for route in ALL:
        for hole in re.findall(r"<[^>]+>", route.template):
            for bad in IN_PATHS:
                path = here.address(Route(route.name, route.template.replace(hole, bad), route.view))
                response = clients[owner_of(route)].get(path)
                fine(response, route.name, path)
                assert response.status_code in (400, 404, 405), (route.name, path, response.status_code)


def test_no_query_breaks_a_route(here, clients):
    for route in ALL:
        for query in QUERIES:
            for method in ("get", "post"):
                response = getattr(clients[owner_of(route)], method)(f"{here.address(route)}?{query}")
                fine(response, route.name, query)


def test_no_body_breaks_a_route(here, clients):
    for route in (route for route in ALL if route.name != "account_logout"):
        for media_type, body in BODIES:
            response = clients[owner_of(route)].post(here.address(route), data=body, content_type=media_type)
            fine(response, route.name, media_type, body[:40])


def test_a_nul_in_any_text_is_an_error_of_the_form(here, clients):
    """PostgreSQL takes no NUL: whoever sends one is told, and nothing is stored."""
    for name, given in FORMS.items():
        route = next(route for route in ALL if route.name == name)
        for form in given:
            scope(here.world.tenant)
            row = Authorization.objects.get(number=here.waiting["number"])
            known = row.version if route.door == "staff_desk" else 1
            response = clients[owner_of(route)].post(here.address(route), {"version": known, **form})
            fine(response, name, form)
            if name not in ("staff_desk:take", "staff_desk:take_next", "provider_portal:documents"):
                is_said = response.status_code in (200, 400, 404) or name == "account_login"
                assert is_said, (name, response.status_code)
            scope(here.world.tenant)
            assert Authorization.objects.get(number=here.waiting["number"]).state != "withdrawn"


def test_a_nul_in_the_wizard_is_said_and_nothing_is_saved(here, clients):
    office, step = clients["coordinator"], f"/requests/{here.waiting['draft']}/questions/"
    form = {"clinical_reason": "before\x00after", "act": "continue", "version": version(office, step)}
    page = office.post(step, form).content.decode()
    assert "can’t be kept" in page and "before�after" in page
    assert office.post(step, form, headers={"Accept": "application/json"}).status_code == 409
    assert Draft.objects.get(pk=here.waiting["draft"]).document["clinical_reason"] == ""


def test_a_form_above_the_limit_is_413_in_our_look(here, clients):
    refused = set()
    for route in BROWSED:
        response = clients[owner_of(route)].post(here.address(route), data=b"reason=" + b"x" * 10_500_000, content_type="application/x-www-form-urlencoded")  # fmt: skip
        fine(response, route.name)
        if response.status_code == 413:
            assert "more than we can take at once" in response.content.decode()
            refused.add(route.name)
    assert {"provider_portal:withdraw", "provider_portal:answer", "staff_desk:decide", "staff_desk:ask"} <= refused


def test_a_form_without_its_token_does_nothing(here):
    strict = Client(enforce_csrf_checks=True, HTTP_HOST=f"{here.world.tenant.key}.localhost")
    strict.cookies.update(browser(here.world, "coordinator").cookies)
    desk = Client(enforce_csrf_checks=True, HTTP_HOST=f"{here.world.tenant.key}.localhost")
    desk.cookies.update(browser(here.world, "physician").cookies)
    tokenless = ("live", "healthz", "readyz")  # nothing is done there, whatever is sent
    for route in (route for route in ALL if route.door != "fhir_api" and route.name not in tokenless):
        client = desk if route.door == "staff_desk" else strict
        response = client.post(here.address(route), {"version": "1"})
        assert response.status_code == 403, (route.name, response.status_code)
        assert "open too long" in response.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "empire-spine.localhost.evil.example", "localhost:80:80", "[", "a b", "x" * 300, "../etc"])  # fmt: skip
def test_an_unknown_host_gets_nothing(here, host):
    client = browser(here.world, "coordinator", host=host)
    for path in ("/", "/authorizations/", "/sign-in/", "/desk/", "/fhir/metadata", "/start/", "/live"):
        response = client.get(path)
        assert response.status_code in (400, 404), (path, response.status_code)
        assert here.world.tenant.name not in response.content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)", "\thttps://evil.example", "http://empire-spine.localhost@evil.example/"])  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(target):
    cache.clear()
    w = a_world()
    person, secret = a_person(w)
    client = browser(w)
    page = client.get("/sign-in/", {"next": target}).content.decode()
    assert not re.search(r'(href|action|src)="[^"]*(evil|javascript:)', page)
    step = client.post("/sign-in/", {"login": person.username, "password": PASSWORD, "next": target})
    done = client.post(step["Location"], {"code": code_of(secret), "next": target})
    assert done.status_code == 302 and done["Location"] == "/start/", done["Location"]


def test_every_answer_carries_its_guards(here, clients):
    for route in ALL:
        for response in (clients[owner_of(route)].get(here.address(route)), browser(here.world).get(here.address(route))):  # fmt: skip
            about = (route.name, response.status_code)
            assert response["X-Content-Type-Options"] == "nosniff", about
            assert "frame-ancestors 'none'" in response["Content-Security-Policy"], about
            assert response["X-Frame-Options"] == "DENY", about
            assert response["Referrer-Policy"] == "same-origin", about
            assert "Server" not in response and "X-Powered-By" not in response


def test_no_cache_keeps_what_a_signed_in_person_sees(here, clients):
    for route in BROWSED:
        for method in ("get", "post"):
            response = getattr(clients[owner_of(route)], method)(here.address(route), {"version": "0"})
            assert response["Cache-Control"] == "private, no-store", (route.name, method, response.status_code)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(here, settings):
    client = browser(here.world, "coordinator")
    client.get("/")
    client.get("/patients/")
    session = client.cookies["forthwith_session"]
    assert session["httponly"] and session["samesite"] == "Lax" and not session["domain"]
    token = client.cookies["csrftoken"]
    assert token["samesite"] == "Lax" and not token["domain"]


def test_a_stale_documents_step_is_said(here, clients):
    office, step = clients["coordinator"], f"/requests/{here.waiting['draft']}/documents/"
    page = office.post(step, {"act": "continue", "version": "77"})
    assert page.status_code == 200 and "saved this draft in the meantime" in page.content.decode()


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/desk/", 403), ("/authorizations/%00/", 400)])
def test_error_pages_look_like_us_and_tell_nothing(here, clients, path, status):
    page = clients["coordinator"].get(path)
    text = page.content.decode()
    assert page.status_code == status
    assert 'lang="en' in text and "css/" in text and f"Error {status}" in text and "<h1" in text
    assert not INSIDES.search(text)


def test_a_failure_of_ours_is_a_page_too_and_takes_everything_back(here, clients, monkeypatch):
    monkeypatch.setattr("django.contrib.messages.success", lambda *args: 1 / 0)
    page = clients["coordinator"].post(f"/authorizations/{here.waiting['number']}/withdraw/", {"reason": "No more"})
    assert page.status_code == 500
    assert "Nothing was half done" in page.content.decode() and not INSIDES.search(page.content.decode())
    scope(here.world.tenant)
    assert Authorization.objects.get(number=here.waiting["number"]).state != "withdrawn"
