"""The staff desk: a reviewer finds, takes and reads a case; a physician decides; nobody else can, whatever they send."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from html import unescape
from importlib import import_module

import pytest
from django.test import Client

from forthwith.apps.authorizations import actions, queries
from forthwith.apps.authorizations.models import Authorization, Determination, InformationRequest
from forthwith.apps.identity.models import Person
from forthwith.apps.review.models import Assignment, Recommendation
from tests.factories import AT, asked, line, scope, world

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=2)


@pytest.fixture(autouse=True)
def at_the_same_hour(monkeypatch):
    """The doors' clock stands still, two hours after the world was made."""
    for door in ("staff_desk.urls", "web.middleware", "web.session", "web.views"):
        import_module(f"forthwith.interfaces.{door}")

    for name, module in list(sys.modules.items()):
        if name.startswith("forthwith.interfaces.") and hasattr(module, "now"):
            monkeypatch.setattr(module, "now", lambda: LATER)


@pytest.fixture
def w():
    return world()


def signed_in(w, role):
    client = Client(HTTP_HOST=w.portal.host)
    client.force_login(Person.objects.get(pk=w[role].id))
    return client


def pended(w, lines=1):
    request = asked(
        w, *(line(number) for number in range(1, lines + 1)), answers={"pain_cause": "radicular", "pain_weeks": "2"}
    )
    return actions.submit(asked=request, by=w["coordinator"], at=AT).number


def said(response):
    return re.sub(r"\s+", " ", response.content.decode())


def version_of(number):
    return Authorization.objects.get(number=number).version


def post(client, number, act, /, **given):
    given.setdefault("version", version_of(number))
    return client.post(f"/desk/cases/{number}/{act}/", given)


def taken(w, role="nurse", lines=1):
    number = pended(w, lines)
    assert post(signed_in(w, role), number, "take").status_code == 302
    return number


def test_the_worklist_shows_what_is_open(w):
    number = pended(w)
    page = said(signed_in(w, "nurse").get("/desk/"))
    assert number in page and "Marigold Fenwick-Sample" in page and "LCD L33906" in page
    assert "Take the next case" in page and "not stated" in page


@pytest.mark.parametrize("query", ["view=mine", "view=first", "view=physician", "view=waiting", "only=due24", "only=expedited&only=part_b_drug", "view=%FF&only=x&page=zz"])  # fmt: skip
def test_views_and_filters_answer(w, query):
    pended(w)
    assert signed_in(w, "physician").get(f"/desk/?{query}").status_code == 200


def test_a_number_in_the_search_opens_its_case(w):
    number = pended(w)
    response = signed_in(w, "nurse").get("/desk/", {"q": number.lower()})
    assert response.headers["Location"] == f"/desk/cases/{number}/"
    assert "No request with the number" in said(signed_in(w, "nurse").get("/desk/", {"q": "<b>"}))


def test_an_office_has_no_desk(w):
    number = pended(w)
    client = signed_in(w, "coordinator")
    for path in ("/desk/", "/desk/mine/", f"/desk/cases/{number}/"):
        assert client.get(path).status_code == 403
    assert post(client, number, "take").status_code == 403
    assert post(client, number, "decide", outcome_1="certified").status_code == 403


def test_a_stranger_is_sent_to_sign_in(w):
    response = Client(HTTP_HOST=w.portal.host).get("/desk/")
    assert response.status_code == 302 and "/sign-in/" in response.headers["Location"]


def test_a_case_of_another_tenant_is_not_there(w):
    other = world("harborlight", rules="harborlight")
    number = pended(other)
    scope(w.tenant, other.tenant)
    assert signed_in(w, "physician").get(f"/desk/cases/{number}/").status_code == 404


def test_the_case_shows_criteria_beside_facts(w):
    number = pended(w)
    page = said(signed_in(w, "nurse").get(f"/desk/cases/{number}/"))
    assert "Why a person is reading this" in page and "The symptoms have lasted at least 4 weeks" in page
    assert "Time with symptoms: 2 weeks" in page and "Expected: at least 4 weeks" in page
    assert "Answered by the office" in page and "Take this case" in page
    assert "Sign the decision" not in page


def test_taking_moves_to_in_review_and_names_who_has_it(w):
    number = taken(w)
    page = said(signed_in(w, "nurse").get(f"/desk/cases/{number}/"))
    assert "With you" in page and "In Review" in page
    assert "Sample nurse" in said(signed_in(w, "physician").get("/desk/"))


def test_two_take_the_same_case(w):
    number = pended(w)
    seen = version_of(number)
    assert post(signed_in(w, "nurse"), number, "take", version=seen).status_code == 302
    assert "Somebody changed this" in said(post(signed_in(w, "physician"), number, "take", version=seen))
    assert "has this case" in said(post(signed_in(w, "physician"), number, "take"))
    assert post(signed_in(w, "physician"), number, "take", over="1").status_code == 302
    assert Assignment.objects.get(ended_at=None).person_id == w["physician"].id


def test_take_next_takes_what_nobody_has(w):
    first, second = pended(w), pended(w)
    client = signed_in(w, "nurse")
    places = {client.post("/desk/next/").headers["Location"] for _ in range(2)}
    assert places == {f"/desk/cases/{number}/" for number in (first, second)}
    assert "Nothing waits here" in said(client.post("/desk/next/", follow=True))


def test_giving_back(w):
    number = taken(w)
    assert post(signed_in(w, "nurse"), number, "release").status_code == 302
    assert not Assignment.objects.filter(ended_at=None).exists()


def test_a_nurse_is_offered_no_denial(w):
    number = taken(w)
    page = said(signed_in(w, "nurse").get(f"/desk/cases/{number}/"))
    assert 'name="outcome_1" id="decide-outcome_1-certified"' in page
    assert "decide-outcome_1-not_certified" not in page and "decide-outcome_1-modified" not in page
    assert 'name="affirm"' not in page and 'name="reason_1"' not in page


@pytest.mark.parametrize("role", ["nurse", "pharmacist", "supervisor", "intake", "auditor", "physician_overdue", "physician_other"])  # fmt: skip
@pytest.mark.parametrize("basis", ["clinical", "administrative"])
@pytest.mark.parametrize("outcome", ["not_certified", "modified"])
def test_a_forged_denial_is_refused_and_nothing_is_stored(w, role, basis, outcome):
    number = taken(w)
    before = version_of(number)
    response = post(
        signed_in(w, role), number, "decide", outcome_1=outcome, basis_1=basis, reason_1="Because.", affirm="on",
        units_1="0.5",
    )  # fmt: skip
    assert response.status_code == 403 or "There’s a problem" in said(response)
    if role == "nurse" and basis == "clinical":
        assert "Only a physician can deny or reduce" in said(response)
    assert not Determination.objects.exists()
    assert version_of(number) == before


def test_a_physician_denies_one_line_and_approves_another(w):
    number = taken(w, "physician", lines=2)
    client = signed_in(w, "physician")
    given = {"outcome_1": "not_certified", "reason_1": "Pain for two weeks only.", "outcome_2": "certified"}
    assert "Affirm the statement" in said(post(client, number, "decide", **given))
    assert not Determination.objects.exists()
    response = post(client, number, "decide", affirm="on", **given)
    assert response.status_code == 302
    page = said(client.get(f"/desk/cases/{number}/"))
    assert "Signed: Partially Approved" in page and "Pain for two weeks only." in page
    assert Authorization.objects.get(number=number).state == "decided"


def test_a_part_needs_units_and_a_reason(w):
    number = taken(w, "physician")
    client = signed_in(w, "physician")
    page = said(post(client, number, "decide", outcome_1="modified", affirm="on"))
    assert "Say why, in plain words" in page
    page = said(post(client, number, "decide", outcome_1="modified", affirm="on", reason_1="Less.", units_1="7"))
    assert "Approve more than 0 and at most 1." in page
    page = said(post(client, number, "decide", outcome_1="certified", from_on_1="2026-12-09", to_on_1="2026-12-01"))
    assert "The last day is before the first day." in page
    assert "Decide at least one line." in said(post(client, number, "decide"))
    assert not Determination.objects.exists()


def test_the_second_of_two_deciders_is_told(w):
    number = taken(w)
    seen = version_of(number)
    assert post(signed_in(w, "nurse"), number, "decide", outcome_1="certified", version=seen).status_code == 302
    given = {"outcome_1": "not_certified", "reason_1": "Four weeks are needed; the note says two.", "affirm": "on"}
    page = said(post(signed_in(w, "physician"), number, "decide", version=seen, **given))
    assert "Somebody changed this in the meantime" in page and "In the meantime: Decided" in page
    assert "What you had written" in page and "Four weeks are needed; the note says two." in page
    assert "Line 1: chosen</dt><dd>Deny" in page
    assert Determination.objects.count() == 1
    assert Authorization.objects.get(number=number).status == "Approved"


def test_words_for_a_line_that_was_decided_meanwhile_are_kept_beside_the_line_that_is_still_open(w):
    number = taken(w, lines=2)
    seen = version_of(number)
    assert post(signed_in(w, "nurse"), number, "decide", outcome_1="certified", version=seen).status_code == 302
    given = {"reason_1": "First words.", "outcome_2": "not_certified", "reason_2": "Second words.", "affirm": "on"}
    page = said(post(signed_in(w, "physician"), number, "decide", version=seen, outcome_1="not_certified", **given))
    assert "Line 1: reason</dt><dd>First words." in page
    assert "Line 2: reason</dt>" not in page and "Second words.</textarea>" in page
    wrong = said(post(signed_in(w, "physician"), number, "decide", outcome_2="not_certified", affirm="on"))
    assert "What you had written" not in wrong and "In the meantime" not in wrong


def test_a_note_that_comes_too_late_is_kept(w):
    number = taken(w)
    seen = version_of(number)
    assert post(signed_in(w, "physician"), number, "decide", outcome_1="certified", version=seen).status_code == 302
    given = {"advice_1": "not_certified", "note": "Please look at the second page."}
    page = said(post(signed_in(w, "nurse"), number, "recommend", version=seen, **given))
    assert "Note to the physician</dt><dd>Please look at the second page." in page


def test_recommending_puts_the_case_into_the_physicians_queue(w):
    number = taken(w)
    client = signed_in(w, "nurse")
    assert "Choose what you recommend" in said(post(client, number, "recommend", note="Two weeks only."))
    response = post(client, number, "recommend", note="Two weeks only.", advice_1="not_certified")
    assert response.status_code == 302 and Recommendation.objects.get().outcome == "not_certified"
    physician = signed_in(w, "physician")
    assert number in said(physician.get("/desk/?view=physician"))
    page = said(physician.get(f"/desk/cases/{number}/"))
    assert "Line 1: denial. Two weeks only." in page


def test_asking_offers_what_would_decide(w):
    request = asked(w, answers={"pain_cause": "radicular"})
    number = actions.submit(asked=request, by=w["coordinator"], at=AT).number
    client = signed_in(w, "nurse")
    post(client, number, "take")
    offered = re.search(r'name="missing"[^>]*value="([^"]+)"', said(client.get(f"/desk/cases/{number}/")))
    assert offered, "what would decide is offered as a question"
    assert "Say what the office should send" in said(post(client, number, "ask", act="ask"))
    response = post(client, number, "ask", act="ask", missing=unescape(offered[1]), message="And the MRI.")
    assert response.status_code == 302
    assert InformationRequest.objects.get().questions == [unescape(offered[1])]
    assert "And the MRI." in said(client.get(f"/desk/cases/{number}/"))
    assert number in said(client.get("/desk/?view=waiting"))


def test_sending_back(w):
    number = pended(w)
    assert post(signed_in(w, "intake"), number, "ask", act="send_back", message="Diagnosis").status_code == 302
    assert Authorization.objects.get(number=number).status == "Send back"


def test_extending_once_for_a_lawful_reason(w):
    number = taken(w)
    client = signed_in(w, "nurse")
    page = said(client.get(f"/desk/cases/{number}/"))
    reason = re.search(r'id="extend-reason".*?<option value="([a-z_]+)"', page)
    assert reason, "the rule's reasons are offered"
    before = Authorization.objects.get(number=number).due_at
    assert post(client, number, "extend", reason=reason[1], words="The MRI is on its way.").status_code == 302
    assert Authorization.objects.get(number=number).due_at > before
    again = said(post(client, number, "extend", reason=reason[1], words="Again."))
    assert "No rule gives more time" in again


def test_recording_the_notice_stops_the_clock(w):
    number = taken(w)
    client = signed_in(w, "nurse")
    post(client, number, "decide", outcome_1="certified")
    assert "Record a notice" in said(client.get(f"/desk/cases/{number}/"))
    assert post(client, number, "notice", recipient="member", means="mail").status_code == 302
    assert Authorization.objects.get(number=number).state == "notified"


def test_letters_open(w):
    number = taken(w)
    client = signed_in(w, "nurse")
    post(client, number, "decide", outcome_1="certified")
    hrefs = re.findall(
        rf'href="(/desk/cases/{number}/letters/[0-9a-f-]+/)"', said(client.get(f"/desk/cases/{number}/"))
    )
    assert hrefs and client.get(hrefs[0]).status_code == 200


def test_an_auditor_reads_and_changes_nothing(w):
    number = taken(w)
    client = signed_in(w, "auditor")
    page = said(client.get(f"/desk/cases/{number}/"))
    assert "Criteria and facts" in page and "Sign the decision" not in page and "Take over" not in page
    assert 'href="/desk/requests/">All requests' in page and 'href="/desk/"' not in page
    assert client.get("/desk/").status_code == 403
    assert post(client, number, "take").status_code == 403


def test_an_auditor_begins_with_all_requests(w):
    waiting, decided = pended(w), taken(w)
    post(signed_in(w, "nurse"), decided, "decide", outcome_1="certified")
    client = signed_in(w, "auditor")
    assert client.get("/start/").headers["Location"] == "/desk/requests/"
    page = said(client.get("/desk/requests/"))
    assert waiting in page and decided in page and "forthwith audit verify" in page
    approved = said(client.get("/desk/requests/?status=approved"))
    assert decided in approved and waiting not in approved
    assert "None here" in said(client.get("/desk/requests/?status=withdrawn"))
    assert client.get("/desk/requests/?status=x&page=-1").status_code == 200
    assert client.get("/desk/requests/", {"q": decided}).headers["Location"] == f"/desk/cases/{decided}/"
    assert "No request with the number" in said(client.get("/desk/requests/", {"q": "R-XXXX"}))


def test_a_list_of_all_requests_is_for_the_desk_and_asks_a_fixed_number_of_statements(w, django_assert_max_num_queries):
    pended(w)
    page = said(signed_in(w, "nurse").get("/desk/requests/"))
    assert "All requests" in page and "audit verify" not in page
    assert signed_in(w, "coordinator").get("/desk/requests/").status_code == 403
    client = signed_in(w, "auditor")
    for _ in range(4):
        pended(w)
    with django_assert_max_num_queries(14):
        client.get("/desk/requests/")


@pytest.mark.parametrize("act", ["take", "release", "decide", "ask", "recommend", "extend", "notice"])
def test_acts_are_posted_and_carry_their_version(w, act):
    number = taken(w, "physician")
    client = signed_in(w, "physician")
    assert client.get(f"/desk/cases/{number}/{act}/").status_code == 405
    before = version_of(number)
    stale = {"version": "0", "outcome_1": "certified", "message": "m", "note": "n", "advice_1": "certified"}
    for version in (stale["version"], "", "x", "999999"):
        assert client.post(f"/desk/cases/{number}/{act}/", {**stale, "version": version}).status_code in (200, 403)
    assert version_of(number) == before
    assert queries.found(number, by=w["physician"]).state == "in_review"


def test_deciders_see_no_rates_and_no_cost(w):
    number = taken(w, "physician")
    client = signed_in(w, "physician")
    for path in ("/desk/", f"/desk/cases/{number}/"):
        page = said(client.get(path)).lower()
        assert "denial rate" not in page and "approval rate" not in page and "$" not in page


def test_what_a_rule_approved_needs_no_reader(w):
    number = actions.submit(asked=asked(w), by=w["coordinator"], at=AT).number
    client = signed_in(w, "physician")
    page = said(client.get(f"/desk/cases/{number}/"))
    assert "Approved" in page and "Why a person is reading this" not in page and "Sign the decision" not in page
    assert number not in said(client.get("/desk/"))
    assert "has been decided" in said(post(client, number, "decide", outcome_1="certified"))
