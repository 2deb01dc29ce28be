"""The portal's pages: home, lists, a request's page, who may see what, and what cannot be done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import get_resolver

from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.actions import LineDecision
from forthwith.apps.authorizations.models import Authorization
from forthwith.apps.review import actions as review
from forthwith.apps.tenancy.models import Portal, Tenant
from forthwith.domain.words import Basis, Outcome, Status
from forthwith.interfaces.web import middleware
from tests.factories import MEETS, asked, line
from tests.journeys.portal import a_world, at_the_portal, earlier, start

pytestmark = pytest.mark.django_db
SOME = {key: value for key, value in MEETS.items() if key != "imaging_concordant"}


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def received(w, **more) -> Authorization:
    answer = actions.submit(asked=asked(w, answers=SOME, **more), by=w["coordinator"], at=earlier())
    return Authorization.objects.get(number=answer.number)


def test_home_shows_drafts_and_submitted_requests_with_counts():
    w = a_world()
    office = at_the_portal(w)
    assert "Nothing submitted yet" in text_of(office.get("/"))
    row = received(w)
    start(office, w)
    text = text_of(office.get("/"))
    assert row.number in text
    assert "Drafts" in text
    assert "no service yet" in text
    assert f'data-live="{row.id}"' in text
    assert row.number not in text_of(office.get("/?status=approved"))


def test_the_search_opens_a_request_by_either_number_and_names_a_wrong_one():
    w = a_world()
    office = at_the_portal(w)
    answer = actions.submit(asked=asked(w), by=w["coordinator"], at=earlier())
    for number in (answer.number.lower(), answer.lines[0].authorization_number.rpartition("-")[0]):
        assert answer.number in office.get("/authorizations/", {"q": number})["Location"]
    assert "wrong character" in text_of(office.get("/authorizations/", {"q": "R-0000"}))


def test_a_page_shows_lines_clock_rule_timeline_and_letters():
    w = a_world()
    row = received(w)
    text = text_of(at_the_portal(w).get(f"/authorizations/{row.number}/"))
    for words in ("SVC-ESI-TF1", "7 calendar days", "What happened", "Submitted by", "Letters", "Withdraw"):
        assert words in text


def test_withdrawing_asks_why_and_then_shows_withdrawn():
    w = a_world()
    office, row = at_the_portal(w), received(w)
    address = f"/authorizations/{row.number}/withdraw/"
    assert "Enter reason" in text_of(office.post(address, {"reason": ""}))
    page = office.post(address, {"reason": "Surgery postponed"}, follow=True)
    assert Status.WITHDRAWN in text_of(page)
    again = text_of(office.post(address, {"reason": "again"}))
    assert "was withdrawn" in again


def test_a_question_is_shown_and_answered():
    w = a_world()
    office, row = at_the_portal(w), received(w)
    Authorization.objects.filter(pk=row.pk).update(state="in_review", status="In Review")
    actions.ask_for_information(
        number=row.number,
        questions=["When was the MRI?"],
        message="Please send it.",
        by=w["nurse"],
        at=earlier(),
    )
    assert "Please send it." in text_of(office.get("/"))
    assert "When was the MRI?" in text_of(office.get(f"/authorizations/{row.number}/"))
    address = f"/authorizations/{row.number}/answer/"
    assert "Enter answer" in text_of(office.post(address, {"answer": ""}))
    page = office.post(address, {"answer": "September 21."}, follow=True)
    assert "Your answer is with the reviewer." in text_of(page)


def test_an_answer_that_comes_second_keeps_its_words():
    w = a_world()
    office, row = at_the_portal(w), received(w)
    Authorization.objects.filter(pk=row.pk).update(state="in_review", status="In Review")
    actions.ask_for_information(number=row.number, questions=["Which level?"], message="", by=w["nurse"], at=earlier())
    address = f"/authorizations/{row.number}/answer/"
    office.post(address, {"answer": "L4."})
    late = text_of(office.post(address, {"answer": "L5, with a long explanation."}))
    assert "Nothing waits for an answer any more" in late and "L5, with a long explanation.</textarea>" in late
    assert "Send the answer" not in late
    assert office.get(address).status_code == 302


def test_what_is_decided_offers_no_withdrawal_by_address_either():
    w = a_world()
    office = at_the_portal(w)
    number = actions.submit(asked=asked(w, line(1)), by=w["coordinator"], at=earlier()).number
    page = office.get(f"/authorizations/{number}/withdraw/", follow=True)
    assert "can’t be withdrawn any more" in text_of(page)


def test_after_signing_in_a_form_goes_on_from_its_own_page():
    w = a_world()
    host = f"{w.tenant.key}.localhost"
    stranger, row = Client(HTTP_HOST=host), received(w)
    address = f"/authorizations/{row.number}/attachments/"
    there = stranger.post(address, HTTP_REFERER=f"http://{host}/authorizations/{row.number}/?a=1")
    assert there["Location"] == f"/sign-in/?next=/authorizations/{row.number}/%3Fa%3D1"
    for foreign in ("", "https://elsewhere.example/x", "javascript:alert(1)"):
        assert stranger.post(address, HTTP_REFERER=foreign)["Location"] == "/sign-in/?next=/start/"
    assert stranger.get("/", HTTP_HX_REQUEST="true").status_code == 401
    passive = {"HTTP_HX_REQUEST": "true", "HTTP_FORTHWITH_PASSIVE": "1"}
    assert stranger.get("/", **passive)["HX-Redirect"] == "/sign-in/"


def test_the_address_of_a_form_opened_by_hand_says_what_it_is():
    w = a_world()
    office, row = at_the_portal(w), received(w)
    page = office.get(f"/authorizations/{row.number}/attachments/", HTTP_ACCEPT="text/html")
    assert page.status_code == 405 and page["Allow"] == "POST"
    assert "There is no page at this address" in page.content.decode()


def test_the_machines_own_name_lists_the_sample_portals_and_no_others():
    w = a_world()
    real = Tenant.objects.create(key="real", name="Real", state="NY", zone="America/New_York", synthetic=False)
    Portal.objects.create(tenant=real, key="real", host="real.localhost", name="Real Plan")
    page = text_of(Client(HTTP_HOST="localhost:8080").get("/"))
    assert f'href="http://{w.portal.host}:8080/"' in page and w.portal.name in page
    for host, path in (("nobody.localhost", "/"), ("localhost:8080", "/fhir/metadata")):
        other = Client(HTTP_HOST=host).get(path)
        assert other.status_code == 404 and w.portal.host not in other.content.decode()
    assert "Real Plan" not in page


def test_the_foot_of_a_page_calls_only_invented_data_synthetic(monkeypatch):
    w = a_world()
    assert "Synthetic data" in text_of(at_the_portal(w).get("/"))
    monkeypatch.setattr(middleware, "portal_of_host", lambda host: replace(w.portal, synthetic=False))
    assert "Synthetic data" not in text_of(at_the_portal(w).get("/"))


def test_after_a_denial_the_page_says_what_can_be_done_until_when():
    w = a_world()
    office, row = at_the_portal(w), received(w)
    assert "If you disagree" not in text_of(office.get(f"/authorizations/{row.number}/"))
    denial = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, basis=Basis.CLINICAL, reason="Two weeks only.")
    review.take(number=row.number, by=w["physician"], at=earlier())
    actions.determine(number=row.number, decisions=[denial], by=w["physician"], at=earlier())
    page = text_of(office.get(f"/authorizations/{row.number}/"))
    assert "If you disagree" in page and "The service is not approved" in page
    assert "Talk with the doctor who decided" in page and "65 days" in page


def test_a_stranger_is_sent_to_sign_in_from_every_page():
    w = a_world()
    stranger = Client(HTTP_HOST=f"{w.tenant.key}.localhost")
    for address in ("/", "/authorizations/", "/patients/", "/requests/new/", f"/patients/{w.member.id}/"):
        assert stranger.get(address)["Location"].startswith("/sign-in/")


def test_another_practice_and_another_tenant_see_nothing():
    w = a_world()
    row = received(w)
    other = a_world("golden-ipa", rules="empire-spine")
    for address in (f"/authorizations/{row.number}/", f"/authorizations/{row.number}/withdraw/"):
        assert at_the_portal(other).get(address).status_code == 404


def test_a_biller_reads_and_does_not_ask():
    w = a_world()
    row = received(w)
    biller = at_the_portal(w, "biller")
    assert "New authorization" not in text_of(biller.get("/"))
    assert biller.get("/requests/new/").status_code == 403
    assert biller.get(f"/authorizations/{row.number}/withdraw/").status_code == 403
    assert "Withdraw" not in text_of(biller.get(f"/authorizations/{row.number}/"))


def test_staff_are_sent_to_their_own_side():
    w = a_world()
    nurse = at_the_portal(w, "nurse")
    assert nurse.get("/", follow=True).redirect_chain[-1][0] == "/desk/"
    row = received(w)
    for address in ("/requests/new/", "/authorizations/", f"/authorizations/{row.number}/"):
        assert nurse.get(address).status_code == 403


def test_several_lines_show_each_outcome():
    w = a_world()
    answer = actions.submit(asked=asked(w, line(), line(2, service="SVC:EXER")), by=w["coordinator"], at=earlier())
    text = text_of(at_the_portal(w).get(f"/authorizations/{answer.number}/"))
    assert "Approved" in text
    assert "Submission not required" in text


def test_every_portal_route_names_its_permission():
    for pattern in get_resolver().url_patterns:
        if getattr(pattern, "app_name", "") == "provider_portal":
            for route in pattern.url_patterns:
                assert getattr(route.callback, "permissions", ()), route.name


def test_unknown_addresses_and_hosts_answer_plainly():
    w = a_world()
    office = at_the_portal(w)
    page = office.get("/authorizations/R-0000-0000/")
    assert page.status_code == 404
    assert "We can’t find that page" in page.content.decode()
    assert Client(HTTP_HOST="nobody.localhost").get("/").status_code == 404


def test_pages_carry_the_strict_policy():
    w = a_world()
    policy = at_the_portal(w).get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
