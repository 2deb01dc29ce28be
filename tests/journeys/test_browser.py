"""Journeys in a real browser at a real `forthwith up`: an office, a nurse, a physician; and what axe says of their pages.

The screenshots of the tutorial are taken here, so that they can't go stale: FORTHWITH_SCREENSHOTS names the folder.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import browser as steps
from tests.load.running import Running, forthwith, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(420),
    pytest.mark.skipif(not steps.CHROMIUM and not os.environ.get("CI"), reason="no Chromium on this machine"),
]
PORTAL = "empire-spine"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def server():
    """The whole product, with the sample world, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="forthwith-browser-") as folder:
        Path(folder).chmod(0o711)  # as root the server runs as another account, which must be able to enter
        with running(Path(folder) / "data") as started:
            yield started


@pytest.fixture(scope="module")
def chromium():
    with steps.chromium() as browser:
        yield browser


_signed_in: dict[str, Any] = {}


def _page(chromium, server: Running, role: str, *, like: str = "", **context: Any):
    """A page of this person's; they sign in once, since a code may be used once."""
    someone = steps.person(server.world, role, PORTAL, like=like)
    base = f"http://{PORTAL}.localhost:{server.port}"
    context = {"viewport": {"width": 1440, "height": 900}, **context}
    if someone["username"] not in _signed_in:
        code = forthwith("sample", "code", someone["username"], data=server.data).strip()
        page = steps.signed_in(chromium, base, someone, code)
        _signed_in[someone["username"]] = page.context.storage_state()
        page.context.close()
    page = chromium.new_context(base_url=base, storage_state=_signed_in[someone["username"]], **context).new_page()
    page.set_default_timeout(20_000)
    page.goto("/")
    return page


def _fetched(page: Any, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """What the browser itself gets from this address: status and the beginning of the text."""
    script = """async ([address, form]) => {
        const options = form ? {method: "POST", body: new URLSearchParams(form)} : {};
        const answer = await fetch(address, options);
        return {status: answer.status, text: await answer.text()};
    }"""
    return dict(page.evaluate(script, [address, form]))


def _facts(server: Running, key: str, expected: str) -> dict[str, Any]:
    services = server.world["services"]
    return next(s for s in services if s["portal"] == PORTAL and s["key"] == key and s["expected"] == expected)["facts"]


def _member(server: Running, number: int) -> dict[str, Any]:
    plans = {plan["key"] for plan in server.world["plans"] if plan["line_of_business"] == "medicare_advantage"}
    members = [
        m for m in server.world["members"] if m["portal"] == PORTAL and m["kind"] == "active" and m["plans"][0] in plans
    ]
    return members[number]


def _shot(page: Any, name: str) -> None:
    folder = os.environ.get("FORTHWITH_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_an_injection_that_meets_the_criteria_is_approved_with_a_letter_in_the_same_minute(chromium, server):
    page = _page(chromium, server, "coordinator")
    _shot(page, "home")
    steps.find_member(page, _member(server, -1))
    steps.fill_services(page, ["SVC:ESI-TF1"], "M54.16")
    _shot(page, "questions")
    steps.answer_questions(page, _facts(server, "SVC:ESI-TF1", "Approved"))
    steps.send(page)
    steps.expect(page.locator("h1 + .status, .masthead .status").first).to_have_text("Approved")
    _shot(page, "authorization")
    href = page.locator("a[href$='.pdf']").first.get_attribute("href")
    letter = _fetched(page, href)
    assert letter["status"] == 200 and letter["text"].startswith("%PDF-")


def test_a_nurse_takes_it_and_cannot_deny_a_physician_decides_and_the_open_page_changes_by_itself(chromium, server):
    office = _page(chromium, server, "coordinator")
    steps.find_member(office, _member(server, -2))
    steps.fill_services(office, ["SVC:ESI-TF1", "SVC:MRI-LB"], "M54.16")
    steps.answer_questions(office, {"MSK-ESI": {"pain_cause": "radicular", "pain_weeks": "2"}})
    number = steps.send(office)
    status = office.locator(".masthead .status").first
    steps.expect(status).to_have_text("Received")

    nurse = _page(chromium, server, "nurse")
    nurse.goto(f"/desk/cases/{number}/")
    nurse.get_by_role("button", name="Take this case").click()
    steps.expect(status).to_have_text("In Review", timeout=6000)
    values = {box.get_attribute("value") for box in nurse.locator("[name^=outcome_]").all()}
    assert "certified" in values and not values & {"not_certified", "modified"}
    csrf = nurse.locator("[name=csrfmiddlewaretoken]").first.input_value()
    version = nurse.locator("form.decide [name=version]").input_value()
    denial = {"outcome_1": "not_certified", "reason_1": "No", "affirm": "on"}
    address = f"/desk/cases/{number}/decide/"
    forged = _fetched(nurse, address, {"csrfmiddlewaretoken": csrf, "version": version, **denial})
    assert "Only a physician can deny" in forged["text"] or forged["status"] == 403
    nurse.reload()
    steps.expect(nurse.locator(".casehead .status").first).to_have_text("In Review")

    physician = _page(chromium, server, "physician", like="physician-pain")
    physician.goto(f"/desk/cases/{number}/")
    take = physician.get_by_role("button", name=re.compile("Take"))
    if take.count():
        take.first.click()
    _shot(physician, "case")
    _decide(physician)
    steps.expect(status).to_have_text("Partially Approved", timeout=6000)
    href = office.locator("a[href*='/letters/'][href$='.pdf']").first.get_attribute("href")
    page_href = href.removesuffix(".pdf") + "/"
    office.goto(page_href)
    steps.expect(office.locator("main")).to_contain_text("Pain for two weeks only")
    steps.expect(office.locator("main")).to_contain_text("L33906")


def _decide(page: Any) -> None:
    page.locator("[name=outcome_1][value=not_certified]").check(force=True)
    page.locator("[name=reason_1]").fill("Pain for two weeks only; four are needed.")
    page.locator("[name=outcome_2][value=certified]").check(force=True)
    page.locator("[name=affirm]").check(force=True)
    page.locator("form.decide button[type=submit]").last.click()
    steps.expect(page.locator(".casehead .status").first).to_have_text("Partially Approved")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_pass_axe_and_do_not_scroll_sideways(chromium, server, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    office, staff = _page(chromium, server, "coordinator", **context), _page(chromium, server, "nurse", **context)
    staff.goto("/desk/")
    case = staff.locator("a.table__row-link").first.get_attribute("href")
    office.goto("/authorizations/")
    request = office.locator("a.table__row-link").first.get_attribute("href")
    for page, path in (
        (office, "/"), (office, "/patients/"), (office, "/authorizations/"), (office, request), (staff, "/desk/"), (staff, case),
    ):  # fmt: skip
        page.goto(path)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        assert found.violations_count == 0, (path, found.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (path, width, wide)
