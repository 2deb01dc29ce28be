"""The whole product in a real browser: the tutorial as it is written, and an office, a nurse and a physician at one request.

The pictures of the documentation are taken here, so that they can't go stale: FORTHWITH_SCREENSHOTS names the folder.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import browser as steps
from tests.load.running import Running, forthwith, running

pytestmark = steps.MARKS
PORTAL = "empire-spine"
TUTORIAL = (Path(__file__).parents[2] / "docs" / "tutorial" / "first-request.md").read_text(encoding="utf-8")
expect = steps.expect


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """The whole product, with the sample world, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="forthwith-browser-") as folder:
        Path(folder).chmod(0o711)  # as root the server runs as another account, which must be able to enter
        with running(Path(folder) / "data") as started:
            yield started


_signed_in: dict[str, Any] = {}


def _page(chromium, server: Running, username: str, complaints: list[str]):
    """A page of this person's; they sign in once, since a code may be used once."""
    base = f"http://{PORTAL}.localhost:{server.port}"
    if username not in _signed_in:
        someone = next(one for one in server.world["people"] if one["username"] == username)
        page = steps.opened(chromium, base, complaints)
        code = forthwith("sample", "code", username, data=server.data).strip()
        steps.sign_in(page, username, someone["password"], code)
        _signed_in[username] = page.context.storage_state()
        return page
    page = steps.opened(chromium, base, complaints, storage_state=_signed_in[username])
    page.goto("/")
    return page


def _in_two_weeks() -> date:
    return date.today() + timedelta(days=14)  # noqa: DTZ011 (the browser's day)


def _fetched(page: Any, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """What the browser itself gets from this address: status and text."""
    script = """async ([address, form]) => {
        const options = form ? {method: "POST", body: new URLSearchParams(form)} : {};
        const answer = await fetch(address, options);
        return {status: answer.status, text: await answer.text()};
    }"""
    return dict(page.evaluate(script, [address, form]))


class Reader:
    """Somebody who does what the tutorial says, in its words, and notes which of them were found on the pages."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.words = set(re.findall(r"\*\*(.+?)\*\*", TUTORIAL))
        self.found: set[str] = set()

    def told(self, word: str) -> str:
        """A word that the tutorial prints in bold; it fails where the tutorial does not."""
        assert word in self.words, word
        self.found.add(word)
        return word

    def run(self, command: str) -> str:
        """A command of the tutorial, at this server's folder."""
        line = next(one for one in TUTORIAL.splitlines() if one.startswith(f".venv/bin/forthwith {command}"))
        return forthwith(*line.split()[1:], data=self.server.data)

    def press(self, page: Any, word: str) -> None:
        """Choose what the page calls so."""
        page.locator("main, nav").get_by_role("link", name=word).or_(
            page.get_by_role("button", name=word)
        ).first.click()
        self.told(word)

    def rows(self, heading: str) -> list[tuple[str, str]]:
        """The rows of the table below this head."""
        lines = TUTORIAL[TUTORIAL.index(heading) :].splitlines()[2:]
        cells = ([cell.strip() for cell in one.strip("|").split("|")] for one in lines[: lines.index("")])
        return [(cell[0], cell[1]) for cell in cells]


def test_the_tutorial_works_as_it_is_written(chromium, server):
    complaints: list[str] = []
    reader = Reader(server)
    office = steps.opened(chromium, f"http://{PORTAL}.localhost:{server.port}", complaints)
    someone = next(one for one in server.world["people"] if one["username"] == f"coordinator.{PORTAL}")
    steps.sign_in(office, someone["username"], someone["password"], reader.run("sample code").strip())
    _signed_in[someone["username"]] = office.context.storage_state()
    reader.told("Username")
    reader.told("Password")

    number, month, day, year, *_ = next(
        one for one in reader.run("sample members").splitlines() if "Advantage" in one
    ).split()
    reader.press(office, "New authorization")
    form = office.locator("form", has=office.get_by_role("button", name=reader.told("Find by member ID")))
    form.get_by_label(reader.told("Member ID")).fill(number)
    for label, part in (("Month", month), ("Day", day), ("Year", year)):
        form.get_by_label(label).fill(part)
    reader.press(office, "Find by member ID")
    reader.press(office, "Request for this patient")

    _ask(office, reader, services=1)
    for question, given in reader.rows("| question | answer |"):
        _answer(office, question, given)
    expect(office.locator("#answers-check")).to_contain_text("All criteria are met")
    for word in ("Continue to documents", "Continue to review", "Submit the request"):
        reader.press(office, word)
    status = office.locator(".masthead .status")
    expect(status).to_have_text(reader.told("Approved"))
    steps.shot(office, "authorization")
    with office.expect_download() as letter:
        reader.press(office, "Decision letter")
    assert Path(letter.value.path()).read_bytes().startswith(b"%PDF-")

    reader.press(office, "Start a new request for this patient")
    _ask(office, reader, services=2)
    _answer(office, "What is causing the pain?", "Irritated nerve root")
    _answer(office, "For how many weeks have the symptoms lasted?", "2")
    steps.go_to_review(office)
    number = steps.submit(office)
    expect(status).to_have_text(reader.told("Received"))

    nurse = _page(chromium, server, f"nurse.{PORTAL}", complaints)
    expect(nurse.get_by_role("heading", level=1)).to_have_text(reader.told("Worklist"))
    steps.shot(nurse, "worklist")
    nurse.locator("tr", has_text=number).locator("a.table__row-link").click()
    reader.press(nurse, "Take this case")
    expect(status).to_have_text(reader.told("In Review"))
    assert {box.get_attribute("value") for box in nurse.locator("[name^=outcome_]").all()} == {"certified"}

    physician = _page(chromium, server, f"physician-pain.{PORTAL}", complaints)
    physician.locator("tr", has_text=number).locator("a.table__row-link").click()
    reader.press(physician, "Take over from")
    expect(physician.get_by_role("button", name="Give it back")).to_be_visible()
    steps.shot(physician, "case")
    reader.told("Sign the decision")
    steps.decide(physician, reason="Pain for two weeks only; LCD L33906 asks for four.")
    expect(status).to_have_text(reader.told("Partially Approved"))
    expect(office.locator("main")).to_contain_text("Pain for two weeks only")
    expect(office.get_by_role("heading", name="If you disagree")).to_be_visible()
    assert reader.found == reader.words
    assert complaints == []


def _ask(page: Any, reader: Reader, *, services: int) -> None:
    """The services step, field by field as the tutorial's table has them."""
    codes = re.findall(r"`(SVC-[A-Z0-9-]+)`", TUTORIAL[TUTORIAL.index("ask for two services") :])[:2]
    fields = dict(reader.rows("| field | enter |"))
    assert codes[0] in fields["**Add a service**"]
    for code in codes[:services]:
        steps.add_service(page, code)
        expect(page.locator("#rules-check").get_by_text("Still missing")).to_be_visible()
        page.get_by_label(f"First day of {code}").fill(_in_two_weeks().isoformat())
    steps.add_diagnosis(page, re.findall(r"`(.+?)`", fields["**Add a diagnosis**"])[0])
    page.get_by_label("Performing provider").select_option(index=1)
    page.get_by_label("Where it will happen").select_option(label=fields["**Where it will happen**"])
    for word in (
        "Add a service",
        "First day of SVC-ESI-TF1",
        "Add a diagnosis",
        "Performing provider",
        "Where it will happen",
    ):
        reader.told(word)
    expect(page.locator("#rules-check")).to_contain_text("You’ll have a decision")
    if services == 1:
        steps.shot(page, "wizard")
    reader.press(page, "Continue to clinical questions")
    page.wait_for_url("**/questions/")


def _answer(page: Any, question: str, given: str) -> None:
    """Answer the question that the page words so."""
    asked = page.locator("#asked .field", has_text=question)
    expect(asked).to_be_visible()
    with page.expect_response(lambda one: one.url.endswith("/ask/")):
        if given.isdecimal():
            asked.locator("input").fill(given)
            asked.locator("input").blur()
        else:
            words = page.locator(".choice__text", has_text=re.compile(f"^{re.escape(given)}$"))
            asked.locator(".choice", has=words).click()


def _pended(page: Any, server: Running, member: int) -> str:
    """A request of two lines that waits for a person."""
    advantage = {plan["key"] for plan in server.world["plans"] if plan["line_of_business"] == "medicare_advantage"}
    members = [m for m in server.world["members"] if m["portal"] == PORTAL and m["kind"] == "active" and m["plans"][0] in advantage]  # fmt: skip
    steps.find_member(page, members[member]["number"], date.fromisoformat(members[member]["birth_on"]))
    steps.begin(page)
    steps.fill_services(page, ["SVC:ESI-TF1", "SVC:MRI-LB"], "M54.16", _in_two_weeks())
    steps.answer_questions(page, {"MSK-ESI": {"pain_cause": "radicular", "pain_weeks": "2"}})
    steps.go_to_review(page)
    return steps.submit(page)


HEARING = """const Plain = EventSource; let heard = 0; window.EventSource = class extends Plain { constructor(address) {
  super(address); this.addEventListener("changed", () => { document.body.dataset.heard = heard += 1; }); } };"""


def test_an_open_page_misses_nothing_and_a_nurse_cannot_forge_a_denial(chromium, server):
    complaints: list[str] = []
    office = _page(chromium, server, f"coordinator.{PORTAL}", complaints)
    office.add_init_script(HEARING)
    number = _pended(office, server, -1)
    status = office.locator(".masthead .status")
    expect(status).to_have_text("Received")

    held: list[Any] = []

    def slow_at_first(route: Any) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    nurse = _page(chromium, server, f"nurse.{PORTAL}", complaints)
    nurse.goto(f"/desk/cases/{number}/")
    office.route(f"**/authorizations/{number}/", slow_at_first)  # not before: the page may still look once by itself
    with office.expect_request(f"**/authorizations/{number}/"):
        nurse.get_by_role("button", name="Take this case").click()
    csrf = nurse.locator("form.decide [name=csrfmiddlewaretoken]").input_value()
    version = nurse.locator("form.decide [name=version]").input_value()
    denial = {"outcome_1": "not_certified", "reason_1": "No", "affirm": "on"}
    forged = _fetched(
        nurse, f"/desk/cases/{number}/decide/", {"csrfmiddlewaretoken": csrf, "version": version, **denial}
    )
    assert "Only a physician can deny" in forged["text"] or forged["status"] == 403
    nurse.reload()
    expect(nurse.locator(".casehead .status")).to_have_text("In Review")

    ask = nurse.locator("#ask")
    ask.get_by_label("What else is missing").fill("Which level and side?")
    ask.get_by_role("button", name="Ask for information").click()
    expect(nurse.locator(".casehead .status")).to_have_text("Information requested")
    expect(office.locator("body")).to_have_attribute(
        "data-heard", re.compile("[2-9]")
    )  # a second change while the first look is still on its way
    held[0].continue_()
    expect(office.get_by_role("heading", name="The reviewer asks for information")).to_be_visible()

    office.context.set_offline(True)
    nurse.goto(f"/desk/cases/{number}/")
    physician = _page(chromium, server, f"physician-pain.{PORTAL}", complaints)
    physician.goto(f"/desk/cases/{number}/")
    physician.get_by_role("button", name=re.compile("Take")).click()
    expect(physician.get_by_role("button", name="Give it back")).to_be_visible()
    steps.decide(physician, reason="Pain for two weeks only; four are needed.")
    expect(physician.locator(".casehead .status")).to_have_text("Partially Approved")
    office.context.set_offline(False)  # what happened while the line was down is made up for
    expect(status).to_have_text("Partially Approved", timeout=20_000)
    letter = office.locator("[aria-labelledby=le] .list__title a").first
    letter.click()
    expect(office.locator("main")).to_contain_text("Pain for two weeks only")
    expect(office.locator("main")).to_contain_text("L33906")
    assert [one for one in complaints if not one.startswith("htmx:")] == []  # that the line was down is said
