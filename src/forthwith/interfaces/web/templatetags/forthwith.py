"""Template tags for the parts of a page: icons, clocks, statuses, form fields.

Each tag draws one component of the style sheets. Lengths that depend on data go into SVG attributes, so that no
page needs an inline style. What must not enter: queries and rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from forthwith.interfaces.web.fields import DateBoxes
from forthwith.interfaces.web.presenting.clock import Clock
from forthwith.interfaces.web.presenting.line import shown_code
from forthwith.interfaces.web.presenting.status import Status, status_for

register = template.Library()
ICONS = Path(__file__).parent.parent / "static" / "icons"
GAP = 1.2


@cache
def _drawing(name: str) -> str:
    raw = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    found = re.search(r"<svg[^>]*>(.*)</svg>", raw, re.DOTALL)
    if found is None:
        raise template.TemplateSyntaxError(f"static/icons/{name}.svg has no drawing")
    return re.sub(r"\s+", " ", found.group(1)).strip()


@register.simple_tag
def icon(name: str, variant: str = "") -> SafeString:
    """The Lucide icon `name`, drawn inline and hidden from screen readers (the word beside it speaks)."""
    css = f"icon {variant}" if variant else "icon"
    return mark_safe(
        f'<svg class="{css}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{_drawing(name)}</svg>'
    )


def _rect(css: str, x: float, width: float) -> str:
    return f'<rect class="{css}" x="{x:.2f}" y="0" width="{width:.2f}" height="6"/>'


def _cell(i: int, width: float, gone: float, paused: tuple[float, float] | None) -> str:
    x = i * (width + GAP)
    drawn = [_rect("clock__cell", x, width)]
    filled = max(0.0, min(1.0, gone - i))
    if filled:
        drawn.append(_rect("clock__gone", x, width * filled))
    if paused:
        start, end = (max(0.0, min(1.0, edge - i)) for edge in paused)
        if end > start:
            drawn.append(_rect("clock__paused", x + width * start, width * (end - start)))
    return "".join(drawn)


@register.simple_tag
def clock_bar(units: int, gone: float, paused: tuple[float, float] | None = None) -> SafeString:
    """One cell for each unit of the limit, filled as far as it is gone, hatched where it is paused."""
    width = (100 - GAP * (units - 1)) / units
    cells = "".join(_cell(i, width, gone, paused) for i in range(units))
    return mark_safe(
        f'<svg class="clock__bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">{cells}</svg>'
    )


@register.inclusion_tag("web/parts/clock.html")
def clock(drawn: Clock | None, large: bool = False) -> dict[str, Any]:
    """The decision clock; with None, the words "No limit applies"."""
    return {"clock": drawn, "large": large}


@register.simple_tag
def status(word: str | Status, large: bool = False) -> SafeString:
    """A status as glyph, word and tone. Takes the word itself or a Status."""
    drawn = word if isinstance(word, Status) else status_for(str(word))
    glyph = icon(drawn.icon)
    if drawn.tag:
        return format_html('<span class="tag">{}{}</span>', glyph, drawn.word)
    size = " status--l" if large else ""
    return format_html(
        '<span class="status status--{}{}">{}{}</span>',
        drawn.tone,
        size,
        glyph,
        drawn.word,
    )


@register.simple_tag
def units_bar(approved: int | None, requested: int, tone: str = "calm") -> SafeString:
    """The approved share of the requested units: one cell a unit up to 40, one bar above."""
    cells = requested if 1 <= requested <= 40 else 1
    given = approved or 0
    width = (120 - (cells - 1) * 2) / cells
    if cells == 1:
        share = 120 * min(1.0, given / requested) if requested else 0
        drawn = '<rect class="clock__cell" width="120" height="12" rx="2"/>'
        drawn += f'<rect class="chart__bar" width="{share:.1f}" height="12" rx="2"/>' if share else ""
    else:
        drawn = "".join(
            f'<rect class="{"chart__bar" if i < given else "clock__cell"}" x="{i * (width + 2):.1f}" '
            f'width="{width:.1f}" height="12" rx="2"/>'
            for i in range(cells)
        )
    bar = mark_safe(drawn)
    return format_html(
        '<svg class="units tone--{}" viewBox="0 0 120 12" aria-hidden="true">{}</svg>'
        '<span class="visually-hidden">{} of {}</span>',
        tone, bar, given, requested,
    )  # fmt: skip


@register.simple_tag
def code(text: str) -> SafeString:
    """An identifier or code people copy; service keys are shown with a hyphen."""
    return format_html('<span class="code nowrap">{}</span>', shown_code(str(text)))


@register.simple_tag
def runs(values: Iterable[Any]) -> SafeString:
    """Words of a letter: plain, or strong, code, unbroken, linked, in another language."""
    return format_html_join("", "{}", ((_run(value),) for value in values))


def _run(value: Any) -> SafeString:
    if isinstance(value, str):
        return _words(value)
    shown = _words(str(value["text"]))
    css = " ".join(name for key, name in (("code", "code"), ("keep", "nowrap")) if value.get(key))
    if css:
        shown = format_html('<span class="{}">{}</span>', css, shown)
    if value.get("strong"):
        shown = format_html("<strong>{}</strong>", shown)
    if str(value.get("link", "")).startswith("https://"):
        shown = format_html('<a href="{}" rel="noreferrer">{}</a>', value["link"], shown)
    return format_html('<span lang="{}">{}</span>', value["lang"], shown) if value.get("lang") else shown


def _words(text: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in text.split("\n")))


@register.filter
def as_code(text: str) -> str:
    """`SVC:ESI-TF1` as people see it: `SVC-ESI-TF1`."""
    return shown_code(str(text))


@register.filter
def initials(name: str) -> str:
    """`DS` for Dana Specimen: the avatar's letters (titles such as Dr. are left out)."""
    words = [word for word in name.replace(".", " ").split() if word.lower() not in ("dr", "mr", "ms", "mrs")]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.inclusion_tag("web/parts/wordmark.html")
def wordmark(href: str = "/", side: str = "") -> dict[str, str]:
    """The mark and the name; `side` names the desk that one is at."""
    return {"href": href, "side": side}


def _described_by(bound: BoundField, hint: str, counted: bool) -> str:
    marks = [("hint", bool(hint)), ("error", bool(bound.errors)), ("count", counted)]
    return " ".join(f"{bound.auto_id}-{mark}" for mark, there in marks if there)


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, DateBoxes):
        return "date"
    if isinstance(widget, forms.RadioSelect):  # CheckboxSelectMultiple is one too
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "input"


def _control(bound: BoundField, described: str, css: str) -> SafeString:
    attrs: dict[str, Any] = {
        "class": f"input {css}".strip(),
        "aria-describedby": described or None,
    }
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs={key: value for key, value in attrs.items() if value})


def _choices(bound: BoundField) -> list[dict[str, Any]]:
    hints = getattr(bound.field.widget, "hints", {})
    return [
        {
            "id": part.data["attrs"].get("id", f"{bound.auto_id}_{part.data['index']}"),
            "name": part.data["name"], "value": part.data["value"], "text": part.data["label"],
            "hint": hints.get(str(part.data["value"]), ""), "checked": part.data["selected"], "type": part.data["type"],
        }
        for part in bound.subwidgets
    ]  # fmt: skip


@register.inclusion_tag("web/parts/field.html")
def field(
    bound: BoundField,
    hint: str = "",
    css: str = "",
    arrange: str = "",
    unit: str = "",
    label: str = "",
    quiet: bool = False,
    needed: bool = False,
) -> dict[str, Any]:
    """Label, hint, error and control of a form's field, in that order.

    `css` adds classes to the input, `arrange` lays choices out (`inline`, `across`), `unit` is the word after
    a number, `quiet` hides the label from sight only; `needed` drops "(optional)" from a
    field that may be empty now but not for ever.
    """
    hint = hint or str(bound.help_text or "")
    kind, counted = _kind(bound.field.widget), "data-count" in bound.field.widget.attrs
    described = _described_by(bound, hint, counted)
    return {
        "bound": bound, "kind": kind, "hint": hint, "unit": unit, "arrange": arrange, "quiet": quiet,
        "label": label or bound.label, "optional": not (bound.field.required or needed), "described": described, "counted": counted,
        "control": _control(bound, described, css) if kind == "input" else "",
        "choices": _choices(bound) if kind == "choices" else [],
        "boxes": bound.subwidgets[0].data["subwidgets"] if kind == "date" else [],
    }  # fmt: skip


def _first_id(bound: BoundField) -> str:
    kind = _kind(bound.field.widget)
    return {"choices": f"{bound.auto_id}_0", "date": f"{bound.auto_id}_0"}.get(kind, str(bound.auto_id))


@register.inclusion_tag("web/parts/error_summary.html")
def error_summary(*shown: forms.BaseForm) -> dict[str, Any]:
    """All errors of these forms, first on the page, in the same words as beside the fields."""
    rows = []
    for form in shown:
        rows += [("", error) for error in form.non_field_errors()]
        rows += [(_first_id(bound), error) for bound in form for error in bound.errors]
    return {"rows": rows}


@register.inclusion_tag("web/parts/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any, noun: str = "authorizations") -> dict[str, Any]:
    """Earlier and later pages of a list, keeping the filters of the address."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {"page": page, "noun": noun, "query": query.urlencode()}


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The address's query with these values changed (None or empty removes one), `?` included."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}"
