"""The base of all forms: errors that say what to enter, and refusals from below as errors of the form.

What must not enter: a rule. A form checks shape; the domain and the apps refuse, and `refusals_on` shows why.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms

from forthwith.apps.authorizations.actions.attach import FileRefused
from forthwith.apps.authorizations.asking import AskRefused, KeyReused, Stale
from forthwith.domain.clocks import ClockRefused
from forthwith.domain.lifecycle import MoveRefused
from forthwith.domain.reviewers import NotEligible

REFUSALS: tuple[type[Exception], ...] = (
    MoveRefused, NotEligible, ClockRefused, Stale, KeyReused, AskRefused, FileRefused,
)  # fmt: skip


class Form(forms.Form):
    """A form whose errors name the field, and that draws no markup of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _required_text(field)


def _required_text(field: forms.Field) -> str:
    if "required" in (given := getattr(field, "said", {})):
        return str(given["required"])
    label = str(field.label or "this").strip()
    lower = label if label[:2].isupper() else label[:1].lower() + label[1:]
    if isinstance(field, (forms.ChoiceField, forms.FileField)):
        return f"Choose {lower}" if not lower.endswith("?") else "Choose an answer"
    return f"Enter {lower}"


def said(field: forms.Field, **messages: str) -> forms.Field:
    """The field with its own words for errors, such as `required="Enter the reason for the withdrawal"`."""
    field.said = messages  # type: ignore[attr-defined]
    field.error_messages.update(messages)
    return field


def refusal_text(refusal: Exception) -> str:
    """What a person reads: the refusal's own words, or else its docstring, which is written for people."""
    return str(refusal) or (type(refusal).__doc__ or "That can’t be done now.").strip().splitlines()[0]


@contextmanager
def refusals_on(form: forms.BaseForm) -> Iterator[None]:
    """Refusals from the domain or the apps become errors of the form; the page is then shown again.

    An exception that names a `field` of this form is shown beside that field.
    """
    try:
        yield
    except REFUSALS as refusal:
        field = getattr(refusal, "field", None)
        form.add_error(field if field in form.fields else None, refusal_text(refusal))
