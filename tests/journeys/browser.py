"""A real Chromium: what a person does on the pages, and what is looked at on each of them.

The one set of steps of all browser tests, at the whole product (`forthwith up`) and at the tests' own server.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
MARKS = [
    pytest.mark.browser,
    pytest.mark.timeout(420),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="no Chromium on this machine"),
]
PATIENCE = 20_000
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
# Only colours differ in the dark scheme, so only they are looked at again.
LOOKS: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (1440, "light", RULES), (1440, "dark", COLOURS), (390, "dark", COLOURS), (390, "light", RULES),
)  # fmt: skip
SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.allSettled(document.getAnimations().map(one => one.finished)))"""
# The fonts are there and the page is laid out anew: a resized window is measured after that, not before.
SETTLED = """() => document.fonts.ready.then(() => new Promise(done =>
  requestAnimationFrame(() => requestAnimationFrame(done))))"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CALM = re.compile("Failed to load resource")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def opened(browser: Browser, base: str, complaints: list[str], **context: Any) -> Page:
    """A page in a context of its own; what the browser complains about is noted."""
    context = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **context}
    page = browser.new_context(base_url=base, **context).new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
    return page


def _is_complaint(said: Any) -> bool:
    return said.type in ("error", "warning") and not CALM.match(said.text)


# --- What is looked at


def look(page: Page, name: str) -> None:
    """Wide and narrow, light and dark: no rule of accessibility broken, a title, nothing to scroll sideways at 320 px."""
    assert re.fullmatch(r".+ – Forthwith", page.title()), (name, page.title())
    page.evaluate(AXE)
    for width, scheme, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        assert page.evaluate(SIDEWAYS) <= 0, (name, width)
        broken = _broken(page, rules)
        assert not broken, (name, width, scheme, broken)
    page.set_viewport_size({"width": 320, "height": 900})  # 1280 px at 400%
    page.evaluate(SETTLED)
    assert page.evaluate(SIDEWAYS) <= 0, (name, 320)
    page.set_viewport_size({"width": 1440, "height": 900})


def _broken(page: Page, rules: dict[str, Any]) -> list[tuple[str, str]]:
    """The rules that the page breaks; a colour that is still on its way to another scheme is waited for."""
    options = {"runOnly": rules, "resultTypes": ["violations"], "elementRef": False}
    broken: list[tuple[str, str]] = []
    for _ in range(3):
        page.evaluate(SETTLED)
        found = page.evaluate("options => axe.run(options)", options)["violations"]
        broken = [(one["id"], one["nodes"][0]["html"][:300]) for one in found]
        if not broken:
            break
    return broken


def shot(page: Page, name: str) -> None:
    """A picture for the documentation, where FORTHWITH_SCREENSHOTS names a folder."""
    folder = os.environ.get("FORTHWITH_SCREENSHOTS")
    if folder:
        page.evaluate("scrollTo(0, 0)")
        page.evaluate(SETTLED)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), caret="initial")
        _lighter(Path(folder) / f"{name}.png")


def _lighter(picture: Path) -> None:
    """A palette is enough for pages, and keeps the repository small."""
    from PIL import Image

    with Image.open(picture) as drawn:
        drawn.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(picture, optimize=True)


def focused(page: Page) -> str:
    """The id of what has the focus; its element's name where it has none."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


# --- Signing in


def person(world: Mapping[str, Any], role: str, portal: str, *, like: str = "") -> dict[str, Any]:
    """Somebody of the sample world with this role (whose username contains `like`)."""
    return next(p for p in world["people"] if role in p["roles"] and p["portal"] == portal and like in p["username"])


def sign_in(page: Page, username: str, password: str, code: str) -> None:
    """Name and password, then the code of the app."""
    page.goto("/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code from your app").fill(code)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))


# --- The office's way


def find_member(page: Page, number: str, born: date) -> None:
    """Find the member by number and birth date, from wherever the office is."""
    page.goto("/requests/new/")
    form = page.locator("form", has=page.get_by_role("heading", name="By member ID and birth date"))
    form.get_by_label("Member ID").fill(number)
    for label, part in (("Month", born.month), ("Day", born.day), ("Year", born.year)):
        form.get_by_label(label).fill(str(part))
    form.get_by_role("button", name="Find by member ID").click()


def begin(page: Page) -> None:
    """Begin a request for whom the search found."""
    page.get_by_role("button", name="Request for this patient").click()
    page.wait_for_url("**/services/")


def add_service(page: Page, code: str) -> None:
    """Add a service by its code, as one types it."""
    before = page.locator("input[name=line-service]").count()
    page.get_by_label("Add a service").fill(code.replace(":", "-"))
    page.get_by_label("Add a service").press("Enter")
    expect(page.locator("input[name=line-service]")).to_have_count(before + 1)
    page.wait_for_load_state()  # the scripts of the new page listen


def add_diagnosis(page: Page, code: str) -> None:
    """Add a diagnosis by its code."""
    page.get_by_label("Add a diagnosis").fill(code)
    page.get_by_label("Add a diagnosis").press("Enter")
    page.locator(".chip").get_by_text(code.upper(), exact=True).wait_for()
    page.wait_for_load_state()


def fill_services(page: Page, codes: list[str], diagnosis: str, day: date) -> None:
    """The services step: lines on a day, diagnosis, the first provider of the office, at the office."""
    for code in codes:
        add_service(page, code)
        page.get_by_label(f"First day of {code.replace(':', '-')}").fill(day.isoformat())
    add_diagnosis(page, diagnosis)
    page.get_by_label("Performing provider").select_option(index=1)
    page.get_by_label("Where it will happen").select_option("11")
    page.get_by_role("button", name="Continue to clinical questions").click()
    page.wait_for_url("**/questions/")


def answer_questions(page: Page, facts: Mapping[str, Mapping[str, Any]]) -> None:
    """The questions step: each answer as its question shows."""
    for package, answers in facts.items():
        for key, value in answers.items():
            for one in value if isinstance(value, list) else [value]:
                answer(page, f"a.{package}.{key}", str(one))


def answer(page: Page, name: str, value: str) -> None:
    """Give one answer, and wait for what the page makes of it."""
    field = page.locator(f'[name="{name}"]').first
    field.wait_for(state="attached")
    with page.expect_response(lambda one: one.url.endswith("/ask/")):
        write(page, field, name, value)


def write(page: Page, field: Locator, name: str, value: str) -> None:
    """Fill in or tick the field, whatever kind it is."""
    if field.evaluate("f => ['radio', 'checkbox'].includes(f.type)"):
        page.locator(f'[name="{name}"][value="{value}"]').check()
    elif field.evaluate("f => f.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)
        field.blur()


def go_to_review(page: Page) -> None:
    """Past the questions and the documents."""
    page.get_by_role("button", name="Continue to documents").click()
    page.wait_for_url("**/documents/")
    page.get_by_role("button", name="Continue to review").click()
    page.wait_for_url("**/review/")


def submit(page: Page) -> str:
    """Press the button as impatient hands do; the reference number."""
    page.get_by_role("button", name="Submit the request").dblclick()
    page.wait_for_url(re.compile(r"/authorizations/R-"))
    found = re.search(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", page.url)
    assert found
    return found[0]


# --- The desk's way


def decide(page: Page, *, reason: str) -> None:
    """Deny the first line for this reason, approve the second, affirm, and sign."""
    page.locator("[name=outcome_1][value=not_certified]").check()
    page.locator("[name=reason_1]").fill(reason)
    page.locator("[name=outcome_2][value=certified]").check()
    page.locator("[name=affirm]").check()
    page.get_by_role("button", name="Sign the decision").click()
