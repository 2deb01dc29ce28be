"""Templates keep the content security policy and the look: no inline style, script or handler, no dead link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.urls import get_resolver

INTERFACES = Path(__file__).parents[2] / "src" / "forthwith" / "interfaces"
TEMPLATES = sorted(INTERFACES.glob("*/templates/**/*.html"))
ICONS = INTERFACES / "web" / "static" / "icons"


def name_of(path: Path) -> str:
    return str(path).split("/templates/", 1)[1]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compiles(path: Path) -> None:
    get_template(name_of(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"hx-on|hx-vals=.js:", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_no_dead_link(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r'href="(#|)"', text)
    assert "http://" not in text
    assert "TODO" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_routes_that_a_template_names_exist(path: Path) -> None:
    known = set(_names())
    for name in re.findall(r"{% url '([a-z_:]+)'", path.read_text(encoding="utf-8")):
        assert name in known, f"{name_of(path)} links to {name}"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_icons_that_a_template_names_exist(path: Path) -> None:
    for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text(encoding="utf-8")):
        assert (ICONS / f"{name}.svg").is_file(), name


def test_scripts_need_no_eval_and_no_foreign_host() -> None:
    for script in (INTERFACES / "web" / "static" / "js").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|innerHTML|https?://", text), script.name


def _names(resolver: object = None, prefix: str = "") -> list[str]:
    found = []
    for pattern in getattr(resolver or get_resolver(), "url_patterns", []):
        if hasattr(pattern, "url_patterns"):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found += _names(pattern, space)
        elif pattern.name:
            found.append(f"{prefix}{pattern.name}")
    return found
