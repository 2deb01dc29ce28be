"""An office at work in a real browser: by keyboard, narrow and wide, light and dark, under the strict policy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import Browser, Page, sync_playwright

from tests.factories import World
from tests.journeys.portal import FIRST_DAY, a_world, at_the_portal

pytestmark = pytest.mark.django_db(transaction=True)
CHROMIUM = Path("/usr/bin/chromium")
SHOTS = os.environ.get("FORTHWITH_SHOTS")
SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.allSettled(document.getAnimations().map(one => one.finished)))"""
LOOKS = ((1440, "light"), (390, "light"), (1440, "dark"), (390, "dark"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def office(chromium: Browser, live_server: Any, plain_static_files: None) -> Iterator[tuple[Page, World]]:
    """A page in which the coordinator is signed in, and its world. What the browser complains about fails the test."""
    with transaction.atomic():
        made = a_world()
        cookie = at_the_portal(made).cookies["forthwith_session"].value
    base = f"http://{made.tenant.key}.localhost:{live_server.thread.port}"
    context = chromium.new_context(base_url=base, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": "forthwith_session", "value": cookie, "url": base}])
    context.route("**/live?*", lambda route: route.abort())
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    yield page, made
    context.close()
    assert complaints == []


def look(page: Page, name: str) -> None:
    """Every width and scheme: no rule of accessibility broken, nothing to scroll sideways."""
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} {width}"
        broken = Axe().run(page).response["violations"]
        told = [(one["id"], one["nodes"][0]["html"]) for one in broken]
        assert told == [], f"{name} {width} {scheme}"
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def find_patient(page: Page, made: World) -> None:
    page.goto("/requests/new/")
    form = page.locator("form", has=page.get_by_role("heading", name="By member ID and birth date"))
    form.get_by_label("Member ID").fill(made.member.number)
    for label, part in (("Month", made.member.birth_on.month), ("Day", made.member.birth_on.day)):
        form.get_by_label(label).fill(str(part))
    form.get_by_label("Year").fill(str(made.member.birth_on.year))
    form.get_by_role("button", name="Find by member ID").click()


def test_an_office_asks_and_is_answered_at_once(office: tuple[Page, World]) -> None:
    page, made = office
    page.goto("/")
    look(page, "home-empty")
    find_patient(page, made)
    look(page, "find")
    page.get_by_role("button", name="Request for this patient").click()

    page.get_by_label("Add a service").press_sequentially("nerve-root first")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_label("First day of SVC-ESI-TF1").fill(FIRST_DAY)
    page.get_by_label("Add a diagnosis").fill("m5416")
    page.keyboard.press("Enter")
    page.get_by_text("M54.16", exact=True).wait_for()
    page.get_by_label("Performing provider").select_option(made.doctor.npi)
    page.get_by_label("Where it will happen").select_option("11")
    page.get_by_text("You’ll have a decision").wait_for()
    look(page, "services")
    page.get_by_label("Expedited").check()
    page.locator("#rules-check .clock__left", has_text="72 hours").wait_for()
    page.get_by_label("Standard").check()
    page.get_by_role("button", name="Continue to clinical questions").click()

    page.get_by_role("heading", name="Clinical questions").wait_for()
    answer_what_meets(page)
    page.locator("#answers-check", has_text="All criteria are met").wait_for()
    look(page, "questions")
    page.get_by_role("button", name="Continue to documents").click()
    look(page, "documents")
    page.get_by_role("button", name="Continue to review").click()
    look(page, "review")
    page.get_by_role("button", name="Submit the request").dblclick()

    page.locator("h1 + .status", has_text="Approved").wait_for()
    look(page, "approved")
    with page.expect_download() as letter:
        page.get_by_role("link", name="Decision letter").click()
    assert Path(letter.value.path()).read_bytes().startswith(b"%PDF")
    page.locator("[aria-labelledby=le] .list__title a").first.click()
    look(page, "letter")


MEETING = (
    ("choice", "region", "lumbar"), ("choice", "pain_cause", "radicular"), ("text", "pain_weeks", "7"),
    ("text", "pain_score", "8"), ("choice", "function_scored", "yes"), ("choice", "active_infection", "no"),
    ("choice", "imaging_concordant", "yes"), ("choice", "conservative_care", "therapy"),
    ("text", "conservative_weeks", "6"), ("choice", "image_guidance", "yes"), ("text", "levels", "2"),
    ("text", "sessions_12m", "0"),
)  # fmt: skip


def answer_what_meets(page: Page) -> None:
    """Answer in the page's order; a question that shows only when needed is waited for."""
    for kind, key, value in MEETING:
        name = f"a.MSK-ESI.{key}"
        field = page.locator(f'[name="{name}"][value="{value}"]' if kind == "choice" else f'[name="{name}"]').first
        field.wait_for()
        field.check() if kind == "choice" and field.get_attribute("type") != "text" else _write(field, kind, value)


def _write(field: Any, kind: str, value: str) -> None:
    if field.evaluate("f => f.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)
        field.blur()


def test_the_draft_saves_itself_and_the_keyboard_suffices(office: tuple[Page, World]) -> None:
    page, made = office
    find_patient(page, made)
    page.get_by_role("button", name="Request for this patient").click()
    page.get_by_label("Add a service").fill("SVC-ESI-TF1")
    page.keyboard.press("Enter")
    units = page.get_by_label("Sessions of SVC-ESI-TF1").or_(page.get_by_label("Session of SVC-ESI-TF1"))
    with page.expect_response(lambda one: one.request.method == "POST" and one.url.endswith("/services/") and one.ok):
        units.fill("3")
    page.locator("#draft-saved", has_text="Draft saved").wait_for()
    page.reload()
    assert units.input_value() == "3"
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    page.goto("/")
    assert page.locator("body").press("/") is None
    assert page.evaluate("document.activeElement.id") == "q"
    look(page, "home")


def test_everything_works_without_script(chromium: Browser, live_server: Any, plain_static_files: None) -> None:
    with transaction.atomic():
        made = a_world()
        cookie = at_the_portal(made).cookies["forthwith_session"].value
    base = f"http://{made.tenant.key}.localhost:{live_server.thread.port}"
    context = chromium.new_context(base_url=base, java_script_enabled=False)
    context.add_cookies([{"name": "forthwith_session", "value": cookie, "url": base}])
    page = context.new_page()
    find_patient(page, made)
    page.get_by_role("button", name="Request for this patient").click()
    page.get_by_label("Add a service").fill("SVC-ESI-TF1")
    page.get_by_role("button", name="Add", exact=True).first.click()
    page.get_by_label("First day of SVC-ESI-TF1").fill(FIRST_DAY)
    page.get_by_label("Add a diagnosis").fill("M54.16")
    page.get_by_role("button", name="Continue to clinical questions").click()
    page.get_by_role("button", name="Continue to documents").click()
    page.get_by_role("button", name="Continue to review").click()
    page.get_by_role("button", name="Submit the request").click()
    assert page.locator("h1 + .status").inner_text() == "Received"
    context.close()
