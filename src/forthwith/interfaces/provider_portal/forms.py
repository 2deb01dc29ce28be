"""Forms of the portal: they check shape; what may be asked is for the rules and the records to say."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from forthwith.domain.words import Timing, Urgency
from forthwith.interfaces.web.fields import Choices, DateField, IdentifierField
from forthwith.interfaces.web.forms import Form, said

DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")
PLACES = (
    ("11", "Office"),
    ("22", "Hospital outpatient department"),
    ("24", "Ambulatory surgery center"),
    ("21", "Hospital, inpatient"),
    ("19", "Off-campus outpatient hospital"),
    ("12", "Home"),
)
SIDES = (("", "–"), ("left", "Left"), ("right", "Right"), ("bilateral", "Both"))
FILE_LIMIT = 25 * 1024 * 1024
UPLOAD_HINT = "PDF, TIFF, JPG or PNG, up to 25 MB. We look at the file itself, not at its name."


class FindByNumber(Form):
    """Member ID and birth date."""

    number = IdentifierField(label="Member ID", max_length=40)
    birth_on = DateField(label="Birth date")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", None)
        super().__init__(*args, auto_id="number-%s", **kwargs)
        _not_after(self, today)


class FindByName(Form):
    """Last name, first name and birth date."""

    last_name = forms.CharField(label="Last name", max_length=80)
    first_name = forms.CharField(label="First name", max_length=80)
    birth_on = DateField(label="Birth date")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="name-%s", **kwargs)
        _not_after(self, today)


def _not_after(form: Form, today: date) -> None:
    field = form.fields["birth_on"]
    field.latest, field.latest_text = today, "today"  # type: ignore[attr-defined]


class Services(Form):
    """The setting of a request; its lines and diagnoses are rows of the same form, read beside it."""

    coverage = forms.ChoiceField(label="Plan", required=False, widget=Choices())
    service = forms.CharField(required=False, max_length=200)
    add_diagnosis = forms.CharField(required=False, max_length=12)
    practitioner = forms.ChoiceField(label="Performing provider", required=False)
    place = forms.ChoiceField(label="Where it will happen", required=False, choices=(("", "Choose"), *PLACES))
    facility = forms.ChoiceField(label="Facility", required=False)
    urgency = forms.ChoiceField(
        label="How soon is a decision needed?",
        required=False,
        choices=(
            (Urgency.STANDARD.value, "Standard"),
            (Urgency.EXPEDITED.value, "Expedited"),
        ),
        widget=Choices(),
    )
    attested_by = forms.CharField(
        label="Who states that waiting would harm the patient?",
        required=False,
        max_length=160,
        help_text="The physician’s name. A statement by a physician is always honored",
    )
    timing = forms.ChoiceField(
        label="When does the care take place?",
        required=False,
        choices=(
            (Timing.PRE_SERVICE.value, "Not started yet"),
            (Timing.CONCURRENT.value, "Under way now"),
            (Timing.POST_SERVICE.value, "Already given"),
        ),
        widget=Choices(),
    )

    def offer(
        self,
        *,
        coverages: list[tuple[str, str]],
        practitioners: list[tuple[str, str]],
        facilities: list[tuple[str, str]],
        hints: dict[str, str],
    ) -> Services:
        """Fill in what may be chosen; `hints` says what each urgency means for this plan."""
        self.fields["coverage"].choices = coverages  # type: ignore[attr-defined]
        self.fields["practitioner"].choices = [("", "Choose"), *practitioners]  # type: ignore[attr-defined]
        self.fields["facility"].choices = [("", "No facility"), *facilities]  # type: ignore[attr-defined]
        self.fields["urgency"].widget.hints = hints  # type: ignore[attr-defined]
        return self


def read_diagnosis(text: str) -> str:
    """`M54.16` out of `m5416`; raises ValidationError with what to enter."""
    code = re.sub(r"[\s.]+", "", text).upper()
    if not DIAGNOSIS.fullmatch(code):
        raise ValidationError(f"“{text.strip()[:12]}” is not an ICD-10-CM code. Enter a code such as M54.16")
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


class Words(Form):
    """What the office adds to its answers."""

    clinical_reason = forms.CharField(
        label="Clinical reason",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": "id_clinical_reason-count"}),
    )


class Upload(Form):
    """One file; its type is read from its bytes below the door."""

    file = said(
        forms.FileField(label="a file"),
        required="Choose a file",
        empty="The file is empty",
    )  # type: ignore[assignment]

    def clean_file(self) -> Any:
        """Refuse what is larger than the limit before it is read."""
        return _sized(self.cleaned_data["file"])


def _sized(given: Any) -> Any:
    if given is not None and given.size > FILE_LIMIT:
        raise ValidationError(f"The file is {given.size // (1024 * 1024)} MB; the limit is 25 MB")
    return given


class Withdraw(Form):
    """Why the office takes its request back."""

    reason = forms.CharField(label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class Answer(Form):
    """The office's answer to a request for information."""

    answer = forms.CharField(label="Answer", max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    file = forms.FileField(label="a document", required=False)

    def clean_file(self) -> Any:
        """Refuse what is larger than the limit before it is read."""
        return _sized(self.cleaned_data["file"])


class Submit(Form):
    """The key that makes a second press of the button the same submission."""

    key = forms.RegexField(r"^[0-9a-f-]{36}$", widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
