"""A real Chromium at a real `forthwith up`: sign-in, steps of a request, and what people look at."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def person(world: dict[str, Any], role: str, portal: str, *, like: str = "") -> dict[str, Any]:
    """Somebody of the sample world with this role (whose username contains `like`)."""
    return next(p for p in world["people"] if role in p["roles"] and p["portal"] == portal and like in p["username"])


def signed_in(browser: Browser, base: str, someone: dict[str, Any], code: str, **context: Any) -> Page:
    """A page on which this person has signed in with password and code."""
    page = browser.new_context(base_url=base, **context).new_page()
    page.set_default_timeout(20_000)
    page.goto("/")
    page.get_by_label("Username").fill(someone["username"])
    page.locator("input[type=password]").fill(someone["password"])
    page.get_by_role("button", name=re.compile("sign in|continue", re.I)).first.click()
    if someone.get("totp_secret"):
        page.locator("input[name=code]").fill(code)
        page.get_by_role("button", name=re.compile("sign in|continue|verify", re.I)).first.click()
    expect(page.locator("h1")).to_be_visible()
    return page


def find_member(page: Page, member: dict[str, Any]) -> None:
    """Find the member by number and birth date, and begin a request."""
    born = date.fromisoformat(member["birth_on"])
    page.goto("/patients/")
    form = page.locator("form", has=page.locator("input[name=number]"))
    form.locator("input[name=number]").fill(member["number"])
    for part, value in (("month", born.month), ("day", born.day), ("year", born.year)):
        form.locator(f"input[name=birth_on_{part}]").fill(str(value))
    form.get_by_role("button", name="Find by member ID").click()
    page.get_by_role("button", name=re.compile("Request for this patient")).first.click()


def add_service(page: Page, key: str) -> None:
    """Add a service by its key on the services step."""
    before = page.locator("input[name=line-service]").count()
    page.locator("#id_service").fill(key.replace(":", "-"))
    page.locator("#add-service").click(force=True)
    expect(page.locator("input[name=line-service]")).to_have_count(before + 1)


def fill_services(page: Page, keys: list[str], diagnosis: str) -> None:
    """The services step: lines in two weeks, diagnosis, office."""
    for key in keys:
        add_service(page, key)
    day = (date.today() + timedelta(days=14)).isoformat()  # noqa: DTZ011 (the browser's day)
    for box in page.locator("input[name=line-from]").all():
        box.fill(day)
    page.locator("#id_add_diagnosis").fill(diagnosis)
    page.get_by_role("button", name=re.compile("Add.*diagnosis|^Add$", re.I)).last.click()
    expect(page.get_by_text(diagnosis).first).to_be_visible()
    practitioner = page.locator("select[name=practitioner]")
    if practitioner.count() and not practitioner.input_value():
        practitioner.select_option(index=1)
    place = page.locator("select[name=place]")
    if place.count() and not place.input_value():
        place.select_option("11")
    page.locator("button[name=act][value=continue]").click()


def answer_questions(page: Page, facts: dict[str, dict[str, Any]]) -> None:
    """The questions step: each answer as it becomes visible."""
    for package, answers in facts.items():
        for key, value in answers.items():
            _answer(page, f"a.{package}.{key}", value)
    page.locator("button[name=act][value=continue]").click()


def _answer(page: Page, name: str, value: Any) -> None:
    boxes = page.locator(f'[name="{name}"]')
    try:
        boxes.first.wait_for(state="attached", timeout=3000)
    except Exception:
        return
    kind = boxes.first.get_attribute("type") or "text"
    values = value if isinstance(value, list) else [value]
    if kind in ("radio", "checkbox"):
        for one in values:
            page.locator(f'[name="{name}"][value="{one}"]').check(force=True)
    elif boxes.first.evaluate("e => e.tagName") == "SELECT":
        boxes.first.select_option(str(values[0]))
    else:
        boxes.first.fill(str(values[0]))
        boxes.first.press("Tab")


def send(page: Page) -> str:
    """Documents, review, send; the reference number."""
    page.locator("button[name=act][value=continue]").click()
    page.locator("button[name=act][value=submit]").click()
    page.wait_for_url(re.compile(r"/authorizations/R-"))
    return re.search(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", page.url)[0]
