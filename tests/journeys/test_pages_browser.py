"""Every page of both doors in a real browser: wide and narrow, light and dark, by keyboard, without script, under the strict policy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.timezone import localdate
from playwright.sync_api import Page

from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.actions import LineDecision
from forthwith.apps.authorizations.models import Draft
from forthwith.apps.identity.models import Person
from forthwith.apps.review import actions as review
from forthwith.domain.words import Basis, Outcome
from forthwith.interfaces.web import views
from tests.factories import MEETS, World, add_member, asked, line, scope
from tests.journeys import browser as steps
from tests.journeys.portal import a_world, at_the_portal, earlier
from tests.journeys.test_sign_in import PASSWORD, code_of

pytestmark = [pytest.mark.django_db(transaction=True), *steps.MARKS]
expect = steps.expect
DAY = localdate() + timedelta(days=14)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
Visit = Callable[..., Page]


@pytest.fixture
def made() -> World:
    """A small world of its own for each test."""
    with transaction.atomic():
        return a_world()


@pytest.fixture
def visit(chromium: Any, live_server: Any, made: World, plain_static_files: None, settings: Any) -> Iterator[Visit]:
    """Opens a page for somebody of this world (for a stranger without a role). What the browser complains about fails."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    complaints: list[str] = []
    pages: list[Page] = []

    def open_for(role: str = "", **context: Any) -> Page:
        base = f"http://{made.tenant.key}.localhost:{live_server.thread.port}"
        page = steps.opened(chromium, base, complaints, **context)
        page.context.route("**/live?*", lambda route: route.abort())  # the tests' own server streams nothing
        if role:
            cookie = at_the_portal(made, role).cookies["forthwith_session"].value
            page.context.add_cookies([{"name": "forthwith_session", "value": cookie, "url": base}])
        pages.append(page)
        return page

    yield open_for
    for page in pages:
        page.context.close()
    assert complaints == []


def find_and_begin(page: Page, made: World) -> str:
    """A draft for the world's member; its address."""
    steps.find_member(page, made.member.number, made.member.birth_on)
    steps.begin(page)
    return page.url.removesuffix("services/")


# --- The office


def test_an_office_asks_and_is_answered_at_once(visit: Visit, made: World) -> None:
    page = visit("coordinator")
    page.goto("/")
    steps.look(page, "home, empty")
    steps.find_member(page, made.member.number, made.member.birth_on)
    expect(page.locator("#found")).to_be_focused()
    steps.look(page, "find")
    steps.begin(page)
    steps.look(page, "services, empty")

    page.get_by_label("Add a service").press_sequentially("nerve-root first")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#l1-from")).to_be_focused()  # one goes on at the new line
    page.keyboard.type(f"{DAY:%m%d%Y}")
    assert page.get_by_label("First day of SVC-ESI-TF1").input_value() == DAY.isoformat()
    steps.add_diagnosis(page, "m54.16")
    expect(page.locator("#id_add_diagnosis")).to_be_focused()
    page.get_by_label("Performing provider").select_option(made.doctor.npi)
    page.get_by_label("Where it will happen").select_option("11")
    page.get_by_text("You’ll have a decision").wait_for()
    steps.look(page, "services")
    page.get_by_label("Expedited").check()
    page.locator("#rules-check .clock__left", has_text="72 hours").wait_for()
    page.get_by_label("Standard").check()
    page.get_by_role("button", name="Continue to clinical questions").click()

    page.get_by_role("heading", name="Clinical questions").wait_for()
    steps.answer_questions(page, {"MSK-ESI": MEETS})
    page.locator("#answers-check", has_text="All criteria are met").wait_for()
    steps.look(page, "questions")
    page.get_by_role("button", name="Continue to documents").click()
    page.wait_for_url("**/documents/")
    steps.look(page, "documents")
    attach(page, {"name": "note.pdf", "mimeType": "application/pdf", "buffer": PDF})
    expect(page.get_by_text("note.pdf")).to_be_visible()
    page.get_by_role("button", name="Continue to review").click()
    page.wait_for_url("**/review/")
    steps.look(page, "review")
    steps.submit(page)
    page.locator(".masthead .status", has_text="Approved").wait_for()
    steps.look(page, "approved")
    with page.expect_download() as letter:
        page.get_by_role("link", name="Decision letter").click()
    assert Path(letter.value.path()).read_bytes().startswith(b"%PDF")
    page.locator("[aria-labelledby=le] .list__title a").first.click()
    page.wait_for_url("**/letters/**")
    steps.look(page, "letter")
    page.goto("/")
    steps.look(page, "home")


def attach(page: Page, file: Any) -> None:
    """Choose this file and attach it."""
    page.set_input_files("#id_file", file)
    page.get_by_role("button", name="Attach the file").click()


def test_what_goes_wrong_in_the_wizard_is_said_first_and_has_the_focus(
    visit: Visit, made: World, tmp_path: Path
) -> None:
    page = visit("coordinator")
    page.goto("/patients/")
    page.get_by_role("button", name="Find by name").click()
    has_summary(page, "Enter last name")
    steps.look(page, "find, errors")
    steps.find_member(page, made.member.number, made.member.birth_on.replace(year=1950))
    expect(page.locator("#none")).to_be_focused()
    steps.look(page, "nobody found")

    draft = find_and_begin(page, made)
    page.get_by_role("button", name="Continue to clinical questions").click()
    has_summary(page, "Add at least one service")
    steps.add_service(page, "SVC-ESI-TF1")
    page.locator("#l1-units").fill("-2")
    page.get_by_role("button", name="Continue to clinical questions").click()
    has_summary(page, "Enter a number of units above 0")
    steps.look(page, "services, errors")
    page.get_by_role("link", name="Enter a number of units above 0").click()
    assert steps.focused(page) == "l1-units"

    page.goto(f"{draft}questions/")
    steps.answer(page, "a.MSK-ESI.pain_score", "eleven")
    page.get_by_role("button", name="Continue to documents").click()
    has_summary(page, "")
    steps.look(page, "questions, errors")
    for size, words in ((0, "The file is empty"), (500, "not a PDF"), (26 << 20, "26 MB")):
        page.goto(f"{draft}documents/")
        with open(tmp_path / "scan.pdf", "wb") as scan:
            scan.truncate(size)
        attach(page, tmp_path / "scan.pdf")
        has_summary(page, words)
    steps.look(page, "documents, errors")
    page.goto(f"{draft}review/")
    page.get_by_role("button", name="Submit the request").click()
    has_summary(page, "")
    steps.look(page, "review, errors")


def has_summary(page: Page, words: str) -> None:
    """The errors stand first, have the focus, and the title says so."""
    expect(page.locator(".error-summary")).to_contain_text(words)
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))


def test_every_other_page_of_the_office(visit: Visit, made: World) -> None:
    with transaction.atomic():
        scope(made.tenant)
        numbers = requests_in_every_state(made)
        old = actions.save_draft(document={"lines": []}, title="Old", by=made["coordinator"], at=earlier())
        Draft.objects.filter(pk=old.pk).update(expires_at=earlier())
    page = visit("coordinator")
    page.goto("/")
    steps.look(page, "home, with requests")
    for name, path in (
        ("patient", f"/patients/{made.member.id}/"), ("list", "/authorizations/"),
        ("list, none", "/authorizations/?status=not-required"), ("list, no such number", "/authorizations/?q=R-XXXX"),
        *((state, f"/authorizations/{number}/") for state, number in numbers.items()),
        ("answer", f"/authorizations/{numbers['asked']}/answer/"),
        ("withdraw", f"/authorizations/{numbers['received']}/withdraw/"),
        ("draft, expired", f"/requests/{old.id}/services/"), ("missing", "/authorizations/R-7KQ4-93XM/"),
        ("forbidden", "/desk/"), ("the address of a form", f"/authorizations/{numbers['received']}/attachments/"),
    ):  # fmt: skip
        page.goto(path)
        steps.look(page, name)
    page.goto(f"/authorizations/{numbers['received']}/withdraw/")
    page.get_by_role("button", name="Withdraw the request").click()
    has_summary(page, "Enter reason")
    steps.look(page, "withdraw, errors")


def requests_in_every_state(made: World) -> dict[str, str]:
    """One request in each state that a page shows, by what it shows."""
    office, nurse, physician = made["coordinator"], made["nurse"], made["physician"]
    few, at = {"pain_cause": "radicular", "pain_weeks": "2"}, earlier()

    def received(*lines: Any) -> str:
        _, _ = add_member(made.tenant, made.plan)
        return actions.submit(asked=asked(made, *lines, answers=few), by=office, at=at).number

    found = {name: received() for name in ("received", "in review", "asked", "recommended", "withdrawn")}
    found["denied"], found["partial"] = received(), received(line(1), line(2, service="SVC:MRI-LB"))
    found["not required"] = received(line(1, service="SVC:EXER"))
    actions.withdraw(number=found["withdrawn"], reason="Surgery postponed", by=office, at=at)
    for name in ("in review", "asked", "recommended"):
        review.take(number=found[name], by=nurse, at=at)
    actions.ask_for_information(
        number=found["asked"], questions=["When was the MRI?"], message="Send it.", by=nurse, at=at
    )
    review.recommend(
        number=found["recommended"], outcomes={1: Outcome.NOT_CERTIFIED}, note="Two weeks.", by=nurse, at=at
    )
    for name in ("denied", "partial"):
        review.take(number=found[name], by=physician, at=at)
    denial = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, basis=Basis.CLINICAL, reason="Two weeks only.")
    approval = LineDecision(sequence=2, outcome=Outcome.CERTIFIED, basis=Basis.CLINICAL)
    actions.determine(number=found["denied"], decisions=[denial], by=physician, at=at)
    actions.determine(number=found["partial"], decisions=[denial, approval], by=physician, at=at)
    return found


# --- The desk


def test_every_page_of_the_desk(visit: Visit, made: World) -> None:
    nurse = visit("nurse")
    for name, path in (
        ("worklist, empty", "/desk/"),
        ("mine, empty", "/desk/mine/"),
        ("requests, empty", "/desk/requests/"),
    ):
        nurse.goto(path)
        steps.look(nurse, name)
    with transaction.atomic():
        scope(made.tenant)
        numbers = requests_in_every_state(made)
    for name, path in (
        ("worklist", "/desk/"), ("mine", "/desk/mine/"), ("no such number", "/desk/requests/?q=R-XXXX"),
        ("case, not taken", f"/desk/cases/{numbers['received']}/"), ("case, mine", f"/desk/cases/{numbers['in review']}/"),
        ("case, waiting", f"/desk/cases/{numbers['asked']}/"), ("case, decided", f"/desk/cases/{numbers['partial']}/"),
    ):  # fmt: skip
        nurse.goto(path)
        steps.look(nurse, name)
    nurse.locator("[aria-labelledby=le] .list__title a").first.click()
    nurse.wait_for_url(re.compile("/letters/"))
    steps.look(nurse, "letter at the desk")
    auditor = visit("auditor")
    auditor.goto("/start/")
    expect(auditor).to_have_url(re.compile("/desk/requests/$"))
    steps.look(auditor, "requests, as an auditor")
    auditor.goto(f"/desk/cases/{numbers['denied']}/")
    steps.look(auditor, "case, as an auditor")

    physician = visit("physician")
    physician.goto(f"/desk/cases/{numbers['recommended']}/")
    physician.get_by_role("button", name="Take this case").click()
    physician.get_by_label("Deny", exact=True).check()
    steps.look(physician, "case, denying")
    physician.get_by_role("button", name="Sign the decision").click()
    has_summary(physician, "Affirm the statement")
    steps.look(physician, "case, errors")


def pended(made: World, *, taken_by: str = "") -> str:
    """A request that waits for a person, with this role's person where one is named; its number."""
    with transaction.atomic():
        scope(made.tenant)
        few = {"pain_cause": "radicular", "pain_weeks": "2"}
        number = actions.submit(asked=asked(made, answers=few), by=made["coordinator"], at=earlier()).number
        if taken_by:
            review.take(number=number, by=made[taken_by], at=earlier())
        return number


def test_the_second_of_two_reviewers_is_told_and_keeps_what_they_wrote(visit: Visit, made: World) -> None:
    number = pended(made, taken_by="nurse")
    physician, nurse = visit("physician"), visit("nurse")
    for page in (physician, nurse):
        page.goto(f"/desk/cases/{number}/")
    physician.get_by_label("Deny", exact=True).check()
    physician.get_by_label("Reason, in plain words").fill("Two weeks of pain; four are needed.")
    physician.locator("[name=affirm]").check()
    nurse.get_by_label("Approve", exact=True).check()
    nurse.get_by_role("button", name="Sign the decision").click()
    expect(nurse.locator(".casehead .status")).to_have_text("Approved")
    physician.get_by_role("button", name="Sign the decision").click()
    has_summary(physician, "Somebody changed this in the meantime")
    expect(physician.get_by_text("In the meantime: Decided")).to_be_visible()
    expect(physician.locator("[aria-labelledby=kept]")).to_contain_text("Two weeks of pain; four are needed.")
    steps.look(physician, "case, second")


TOLD_BY_HAND = """window.lines = []; window.EventSource = class extends EventTarget {
  constructor() { super(); lines.push(this); } close() {} };"""


def test_what_is_written_while_the_page_is_fetched_anew_stays(visit: Visit, made: World) -> None:
    number = pended(made, taken_by="physician")
    page = visit("physician")
    page.add_init_script(TOLD_BY_HAND)
    page.goto(f"/desk/cases/{number}/")
    held: list[Any] = []
    page.route(f"**/desk/cases/{number}/", lambda route: held.append(route))
    with page.expect_request(f"**/desk/cases/{number}/"):
        page.evaluate("lines.at(-1).dispatchEvent(new Event('changed'))")
    page.get_by_label("Deny", exact=True).check()
    page.get_by_label("Reason, in plain words").fill("Two weeks of pain; four are needed.")
    page.locator("[name=affirm]").check()
    held[0].continue_()
    expect(page.locator("#live-waits")).to_be_visible()
    expect(page.get_by_label("Reason, in plain words")).to_have_value("Two weeks of pain; four are needed.")
    expect(page.locator("[name=affirm]")).to_be_checked()
    page.unroute(f"**/desk/cases/{number}/")
    page.get_by_role("button", name="Sign the decision").click()
    expect(page.locator(".casehead .status")).to_have_text("Denied")


def test_a_physician_decides_by_keyboard_alone(visit: Visit, made: World) -> None:
    number = pended(made)
    page = visit("physician")
    page.goto("/desk/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/cases/{number}/")
    tab_to(page, page.get_by_role("button", name="Take this case"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Approve", exact=True))
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Deny", exact=True)).to_be_checked()
    tab_to(page, page.get_by_label("Reason, in plain words"))
    page.keyboard.type("Two weeks of pain; LCD L33906 asks for four.")
    tab_to(page, page.locator("[name=affirm]"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Sign the decision"))
    page.keyboard.press("Enter")
    expect(page.locator(".casehead .status")).to_have_text("Denied")


def tab_to(page: Page, wanted: Any) -> None:
    """Press Tab until it has the focus; what can't be reached by keyboard fails."""
    wanted.wait_for()
    for _ in range(80):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {wanted}")


# --- Signing in, and what goes wrong


def test_signing_in_and_its_errors(visit: Visit, made: World) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    person = Person.objects.get(pk=made["coordinator"].id)
    person.password = make_password(PASSWORD)
    person.save()
    page = visit()
    page.goto("/")
    assert steps.focused(page) == "id_login"
    steps.look(page, "sign in")
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    has_summary(page, "The username or the password is not right")
    steps.look(page, "sign in, errors")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your account has no authenticator app yet").wait_for()
    steps.look(page, "no second step")
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    page.goto("/sign-in/?over=1")
    steps.look(page, "sign in, session over")
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Code from your app").wait_for()
    steps.look(page, "code")
    page.get_by_label("Code from your app").fill("000000")
    page.keyboard.press("Enter")
    has_summary(page, "That code is not right")
    steps.look(page, "code, errors")
    page.get_by_label("Code from your app").fill(code_of(secret))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=re.compile("^Good ")).wait_for()
    page.goto("/sign-out/")
    steps.look(page, "sign out")


def test_pages_for_what_goes_wrong(visit: Visit, made: World) -> None:
    page = visit("coordinator")
    page.goto("/nothing/here/")
    steps.look(page, "404")
    page.goto(page.url.replace(f"{made.tenant.key}.", ""))
    steps.look(page, "no portal")
    page.goto(re.sub(r"//[^/]+?(:\d+)/.*", r"//localhost\1/", page.url))
    steps.look(page, "the portals of this machine")
    request = RequestFactory().get("/")
    broken = {
        "500": views.server_error(request).content.decode(), "429": render_to_string("429.html"),
        "off": render_to_string("account/account_inactive.html", request=None),
    }  # fmt: skip
    home = f"http://{made.portal.host}:{page.url.partition('localhost:')[2].strip('/')}/"
    page.route(
        "**/broken/*", lambda route: route.fulfill(body=broken[route.request.url[-3:]], content_type="text/html")
    )
    for name in broken:
        page.goto(f"{home}broken/{name}")
        steps.look(page, name)
    page.goto(home)
    page.context.clear_cookies(name="csrftoken")
    page.locator("form[action$='/sign-out/'] [name=csrfmiddlewaretoken]").first.evaluate("one => { one.value = 'x'; }")
    page.get_by_role("button", name=re.compile("Account")).click()
    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_role("heading", name="This page had been open too long").wait_for()
    steps.look(page, "403, an old form")


# --- Drafts


def test_the_wizard_by_keyboard_alone_and_a_draft_that_saves_itself(visit: Visit, made: World) -> None:
    page = visit("coordinator")
    find_and_begin(page, made)
    tab_to(page, page.get_by_label("Add a service"))
    page.keyboard.type("SVC-ESI-TF1")
    page.keyboard.press("Enter")
    expect(page.locator("#l1-from")).to_be_focused()
    page.keyboard.type(f"{DAY:%m%d%Y}")
    tab_to(page, page.get_by_label("Add a diagnosis"))
    page.keyboard.type("M5416")
    page.keyboard.press("Enter")
    page.locator(".chip").wait_for()
    page.wait_for_load_state()
    page.locator("#l1-units").focus()
    page.keyboard.press("Control+A")
    with page.expect_response(lambda one: one.ok and 'name="line-units"\r\n\r\n3' in (one.request.post_data or "")):
        page.keyboard.type("3")
    page.locator("#draft-saved", has_text="Draft saved").wait_for()
    page.reload()
    assert page.locator("#l1-units").input_value() == "3"
    tab_to(page, page.get_by_role("button", name="Continue to clinical questions"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/")
    tab_to(page, page.locator("[name='a.MSK-ESI.pain_cause']").first)
    with page.expect_response(lambda one: one.url.endswith("/ask/")):
        page.keyboard.press("Space")
    page.locator("[name='a.MSK-ESI.pain_weeks']").wait_for()  # it shows because it is needed now
    assert steps.focused(page) == "q-MSK-ESI-pain_cause-radicular"
    tab_to(page, page.get_by_role("button", name="Continue to documents"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Continue to review"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Submit the request"))
    page.keyboard.press("Enter")
    page.locator(".masthead .status", has_text="Received").wait_for()
    page.go_back()
    expect(page.locator(".masthead .status")).to_have_text("Received")  # back does not lead into a sent draft
    page.goto("/")
    page.keyboard.press("/")
    assert steps.focused(page) == "q"


SLOW_ANSWERS = """const plain = fetch; window.fetch = async (...asked) => { const answer = await plain(...asked);
  await new Promise(done => { window.release = done; document.body.dataset.held = "yes"; }); return answer; };"""


def test_a_button_waits_for_a_save_that_is_on_its_way(visit: Visit, made: World) -> None:
    page = visit("coordinator")
    page.add_init_script(SLOW_ANSWERS)
    find_and_begin(page, made)
    steps.add_service(page, "SVC-ESI-TF1")
    page.locator("#l1-units").fill("2")
    expect(page.locator("body[data-held]")).to_be_attached()  # saved, but the page does not know it yet
    page.get_by_role("button", name="Save and leave").click(no_wait_after=True)
    page.evaluate("window.release()")
    expect(page.get_by_text("Draft saved. It is kept until")).to_be_visible()


def test_two_windows_on_one_draft_and_a_session_that_ends_while_one_writes(visit: Visit, made: World) -> None:
    first = visit("coordinator")
    draft = find_and_begin(first, made)
    second = first.context.new_page()
    second.goto(f"{draft}services/")
    steps.add_diagnosis(second, "M54.16")
    first.get_by_label("Add a diagnosis").fill("M48.061")
    first.locator("#draft-saved", has_text="saved this draft in the meantime").wait_for()
    first.get_by_role("button", name="Save and leave").click()
    has_summary(first, "saved this draft in the meantime")
    expect(first.locator("main")).to_contain_text("M48.061")  # what was typed is still there

    second.goto(f"{draft}services/")
    Session.objects.all().delete()
    second.get_by_label("Add a diagnosis").fill("M51.26")
    expect(second.get_by_role("alert")).to_contain_text("You have been signed out")
    second.get_by_role("button", name="Continue to clinical questions").click()
    expect(second.get_by_role("link", name="Sign in")).to_be_focused()  # it was not sent into nothing
    assert second.get_by_label("Add a diagnosis").input_value() == "M51.26"
    cookie = at_the_portal(made).cookies["forthwith_session"].value
    second.context.add_cookies([{"name": "forthwith_session", "value": cookie, "url": draft}])
    second.get_by_role("button", name="Save and leave").click()
    expect(second.get_by_text("Draft saved. It is kept until")).to_be_visible()
    second.goto(f"{draft}services/")
    expect(second.locator(".chip").get_by_text("M51.26")).to_be_visible()


def test_everything_works_without_script(visit: Visit, made: World) -> None:
    page = visit("coordinator", java_script_enabled=False)
    find_and_begin(page, made)
    page.get_by_label("Add a service").fill("SVC-ESI-TF1")
    page.get_by_role("button", name="Add", exact=True).first.click()
    page.get_by_label("First day of SVC-ESI-TF1").fill(DAY.isoformat())
    page.get_by_label("Add a diagnosis").fill("M54.16")
    for name in ("Continue to clinical questions", "Continue to documents", "Continue to review", "Submit the request"):
        page.get_by_role("button", name=name).click()
    expect(page.locator(".masthead .status")).to_have_text("Received")
