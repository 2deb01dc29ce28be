"""Every route of every door, walked by whoever should not: strangers, wrong roles, other practices, other tenants.

Not visible and not found are one answer. What is asked for is real each time;
`test_the_walk_leads_somewhere` proves that the right person gets it.
"""

from __future__ import annotations

import pytest
from django.urls import URLResolver, path
from django.urls.resolvers import RegexPattern

from forthwith.apps.authorizations.models import Attachment, Authorization, Draft
from forthwith.apps.directory.models import Organization
from forthwith.apps.identity.models import Grant
from forthwith.apps.letters.models import Letter
from forthwith.domain.permissions import ROLES, Permission, Side
from tests.factories import add_person, scope
from tests.house import routes as house
from tests.house.routes import ALL, BROWSED, NAMING, UNKNOWN, Places, Route, browser, places, plain
from tests.journeys.portal import LONG_AGO

pytestmark = pytest.mark.django_db
METHODS = ("get", "post")


@pytest.fixture
def here() -> Places:
    return places()


def ask(client, address, method):
    return getattr(client, method)(address, {"version": "1"})


def test_every_route_names_its_permission_or_says_that_it_is_public():
    silent = [route.name for route in ALL if not route.permissions and not route.is_public]
    assert not silent, "say @needs(...), @office(...) or public(...)"
    assert not [route.name for route in ALL if route.permissions and route.is_public]
    assert {one for route in ALL for one in route.permissions} <= set(Permission)


def test_what_is_public_is_listed_here_on_purpose():
    assert {route.name for route in ALL if route.is_public} == {
        "healthz", "readyz", "start", "session_keep", "account_login", "account_logout", "account_reauthenticate",
        "account_inactive", "mfa_authenticate", "mfa_reauthenticate", "fhir_api:metadata", "fhir_api:missing",
    }  # fmt: skip


def test_a_silent_route_would_be_found(monkeypatch):
    from forthwith.interfaces.staff_desk import urls

    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("new/", lambda request: None, name="new")])
    found = list(house.routes(URLResolver(RegexPattern(r""), urls.urlpatterns)))
    assert [route.name for route in found if not route.permissions and not route.is_public] == ["new"]


def owner_of(route: Route) -> str:
    """Somebody of the world who may use the route."""
    return "physician" if route.door == "staff_desk" else "coordinator"


def test_the_walk_leads_somewhere(here):
    for route in NAMING:
        response = ask(browser(here.world, owner_of(route)), here.address(route), "get")
        assert response.status_code in (200, 302, 405), (route.name, response.status_code)
        assert not response.get("Location", "").startswith("/sign-in/"), route.name


def test_a_stranger_is_sent_to_sign_in(here):
    client = browser(here.world)
    for route in BROWSED:
        for method in METHODS:
            response = ask(client, here.address(route), method)
            assert response.status_code == 302, (route.name, method, response.status_code)
            assert response["Location"].startswith("/sign-in/?next="), (route.name, method)


@pytest.mark.parametrize("role", sorted(key for key, role in ROLES.items() if role.side is not Side.MACHINE))
def test_a_role_without_the_permission_is_refused_everywhere(here, role):
    is_staff = ROLES[role].side is Side.STAFF
    here.world.actors["they"] = add_person(here.world, role, None if is_staff else here.world.office)
    Grant.objects.filter(person_id=here.world["they"].id).update(granted_at=LONG_AGO)
    client = browser(here.world, "they")
    for route in BROWSED:
        may = bool(ROLES[role].permissions.intersection(route.permissions))
        if may and not (is_staff and route.door == "provider_portal"):
            continue
        for method in METHODS:
            response = ask(client, here.address(route), method)
            home = is_staff and route.name == "provider_portal:home" and method == "get" and may
            assert response.status_code == (302 if home else 403), (route.name, method, response.status_code)


def test_a_person_without_a_role_here_is_refused(here):
    there = places("copperline")
    client = browser(there.world, "physician", host=f"{here.world.tenant.key}.localhost")
    for route in BROWSED:
        for method in METHODS:
            response = ask(client, here.address(route), method)
            assert response.status_code == 403, (route.name, method, response.status_code)


def test_what_is_another_practices_is_not_found(here):
    client = browser(_neighbour(here), "neighbour")
    for route in NAMING:
        if route.door != "staff_desk":  # the plan's staff see every practice of their tenant
            is_one_answer(client, here, route)


def test_what_is_another_tenants_is_not_found(here):
    there = places("copperline").world
    clients = {role: browser(there, role) for role in ("coordinator", "physician")}
    for route in NAMING:
        is_one_answer(clients[owner_of(route)], here, route)


def is_one_answer(client, here: Places, route: Route) -> None:
    """Hidden and absent: the same status and, but for the address itself, the same page."""
    address, nowhere = here.address(route), route.address(UNKNOWN)
    for method in METHODS:
        hidden, absent = (ask(client, path, method) for path in (address, nowhere))
        assert hidden.status_code == absent.status_code, (route.name, hidden.status_code, absent.status_code)
        assert hidden.status_code in (404, 405), (route.name, method, hidden.status_code)
        assert plain(hidden).replace(address, "") == plain(absent).replace(nowhere, ""), route.name


def _neighbour(here: Places):
    office = Organization.objects.create(npi="1999999984", tin="000000009", name="Sample Neighbours", kind="practice")
    here.world.actors["neighbour"] = add_person(here.world, "coordinator", office)
    Grant.objects.filter(person_id=here.world["neighbour"].id).update(granted_at=LONG_AGO)
    return here.world


def test_streams_and_files_of_others_stay_closed(here):
    key = here.decided["key"]
    neighbours, there = browser(_neighbour(here), "neighbour"), places("copperline").world
    others = browser(there, "physician")
    for client in (browser(here.world), neighbours, others):
        for named in (str(key), UNKNOWN["id"], "nonsense", ""):
            assert client.get("/live", {"authorization": named}).status_code == 404


def test_a_file_or_letter_under_another_requests_number_is_not_found(here):
    office, desk = browser(here.world, "coordinator"), browser(here.world, "physician")
    number, other = here.waiting["number"], here.decided
    for client, start in ((office, "/authorizations"), (desk, "/desk/cases")):
        for end in (
            f"attachments/{other['attachment']}/",
            f"letters/{other['letter']}/",
            f"letters/{other['letter']}.pdf",
        ):
            assert client.get(f"{start}/{other['number']}/{end}").status_code == 200
            assert client.get(f"{start}/{number}/{end}").status_code == 404, end


def test_the_members_copy_of_a_letter_is_not_the_offices(here):
    scope(here.world.tenant)
    copy = Letter.objects.get(subject_id=here.decided["key"], audience="member", kind="denial")
    address = f"letters/{copy.id}.pdf"
    assert (
        browser(here.world, "coordinator").get(f"/authorizations/{here.decided['number']}/{address}").status_code == 404
    )
    assert browser(here.world, "physician").get(f"/desk/cases/{here.decided['number']}/{address}").status_code == 200


def test_a_token_opens_its_own_portal_only(here):
    there = places("copperline").world
    body = {"data": "{}", "content_type": "application/fhir+json"}
    for token, host, status in (
        (here.world.token, there, 401), ("", here.world, 401), ("nobody", here.world, 401), (here.world.token, here.world, 422),
    ):  # fmt: skip
        sent = {"headers": {"Authorization": f"Bearer {token}"}} if token else {}
        client = browser(host)
        assert client.post("/fhir/Claim/$submit", **body, **sent).status_code == status
        assert client.get("/", **sent).status_code == 302, "a token opens no page"


def test_a_signed_in_person_has_no_token(here):
    client = browser(here.world, "coordinator")
    sent = {"data": "{}", "content_type": "application/fhir+json"}
    assert client.post("/fhir/Claim/$submit", **sent).status_code == 401


@pytest.mark.parametrize(("person", "outcome"), [("nurse", "not_certified"), ("nurse", "modified"), ("supervisor", "not_certified")])  # fmt: skip
def test_a_forged_denial_is_refused_and_nothing_changes(here, person, outcome):
    number = here.waiting["number"]
    scope(here.world.tenant)
    version = Authorization.objects.get(number=number).version
    form = {"version": version, "outcome_1": outcome, "units_1": "0.5", "reason_1": "Because.", "basis_1": "clinical", "affirm": "on"}  # fmt: skip
    page = browser(here.world, person).post(f"/desk/cases/{number}/decide/", form)
    assert page.status_code == 200 and "Only a physician" in page.content.decode()
    row = Authorization.objects.get(number=number)
    assert row.version == version and row.determinations.count() == 0


def test_a_form_names_no_other_practices_member_or_draft(here):
    office = browser(_neighbour(here), "neighbour")
    assert office.post("/requests/start/", {"member": str(here.waiting["member"])}).status_code == 404
    for act in ("detach=" + str(here.waiting["attachment"]), "continue"):
        assert office.post(f"/requests/{here.waiting['draft']}/documents/", {"act": act}).status_code == 404
    scope(here.world.tenant)
    assert Draft.objects.filter(pk=here.waiting["draft"]).exists()


def test_ones_own_draft_cannot_take_another_requests_file_away(here):
    office = browser(here.world, "coordinator")
    office.post(f"/requests/{here.waiting['draft']}/documents/", {"act": f"detach={here.waiting['attachment']}"})
    assert Attachment.objects.get(pk=here.waiting["attachment"]).authorization_id == here.waiting["key"]
