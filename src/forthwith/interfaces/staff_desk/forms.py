"""Forms of the desk: they check shape. Who may decide what is for the domain to say, and its refusal is shown.

Every outcome can be posted by anybody, so that a forged form meets the domain's own refusal; what a page offers is
another matter (`presenters.deciding`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from forthwith.apps.authorizations.actions import LineDecision
from forthwith.domain.outcomes import is_adverse
from forthwith.domain.words import Basis, Outcome
from forthwith.interfaces.web.fields import Ticks
from forthwith.interfaces.web.forms import Form

OUTCOMES = (
    (Outcome.CERTIFIED.value, "Approve"),
    (Outcome.MODIFIED.value, "Approve in part"),
    (Outcome.NOT_CERTIFIED.value, "Deny"),
)
ADVICE = (
    ("", "No recommendation"),
    (Outcome.CERTIFIED.value, "Approval"),
    (Outcome.MODIFIED.value, "Partial approval"),
    (Outcome.NOT_CERTIFIED.value, "Denial"),
)
BASES = ((Basis.CLINICAL.value, "Clinical"), (Basis.ADMINISTRATIVE.value, "Administrative"))
MEANS = (("", "Choose"), ("mail", "Mail"), ("fax", "Fax"), ("oral", "By telephone"), ("portal", "Portal"))
RECIPIENTS = {"requester": "The office", "member": "The member"}
AFFIRM = "Affirm the statement before you sign a denial or a reduction"


class Versioned(Form):
    """A form that names the version of the case that its reader saw."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip


class Decide(Versioned):
    """A decision for each open line; fields are named by the line's sequence, such as `outcome_1`."""

    affirm = forms.BooleanField(required=False, label="I affirm this. I reviewed the records, and my license and specialty fit this case.")  # fmt: skip

    def __init__(self, *args: Any, lines: Sequence[Any], must_affirm: bool, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="decide-%s", **kwargs)
        self.sequences = [line.sequence for line in lines]
        self.must_affirm = must_affirm
        for sequence in self.sequences:
            self._add(sequence)

    def _add(self, n: int) -> None:
        self.fields |= {
            f"outcome_{n}": forms.ChoiceField(label="Outcome", choices=OUTCOMES, required=False),
            f"units_{n}": forms.DecimalField(label="Units approved", required=False, max_digits=12, decimal_places=3),
            f"from_on_{n}": _day("First day"),
            f"to_on_{n}": _day("Last day"),
            f"basis_{n}": forms.ChoiceField(label="Basis", choices=BASES, required=False),
            f"reason_{n}": forms.CharField(
                label="Reason, in plain words", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
            ),
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A denial or a reduction is signed with the affirmative statement."""
        given = super().clean() or {}
        chosen = [Outcome(given[f"outcome_{n}"]) for n in self.sequences if given.get(f"outcome_{n}")]
        if self.must_affirm and any(map(is_adverse, chosen)) and not given.get("affirm"):
            self.add_error("affirm", AFFIRM)
        return given

    def decisions(self) -> list[LineDecision]:
        """What was decided, for the lines where something was chosen."""
        return [self._decision(n) for n in self.sequences if self.cleaned_data.get(f"outcome_{n}")]

    def _decision(self, n: int) -> LineDecision:
        given = self.cleaned_data
        outcome = Outcome(given[f"outcome_{n}"])
        adverse, approves = is_adverse(outcome), outcome is not Outcome.NOT_CERTIFIED
        return LineDecision(
            sequence=n, outcome=outcome,
            basis=Basis(given[f"basis_{n}"] or Basis.CLINICAL) if outcome is Outcome.NOT_CERTIFIED else Basis.CLINICAL,
            units=given[f"units_{n}"] if outcome is Outcome.MODIFIED else None,
            from_on=given[f"from_on_{n}"] if approves else None,
            to_on=given[f"to_on_{n}"] if approves else None,
            reason=given[f"reason_{n}"] if adverse else "",
        )  # fmt: skip


class Ask(Versioned):
    """What is missing: questions of the criteria that have no answer, and the reviewer's own words."""

    missing = forms.MultipleChoiceField(label="Not stated in the request", required=False, widget=Ticks())
    message = forms.CharField(
        label="What else is missing", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, missing: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="ask-%s", **kwargs)
        self.fields["missing"].choices = [(words, words) for words in missing]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something has to be asked."""
        given = super().clean() or {}
        if not given.get("missing") and not given.get("message") and not self.errors:
            raise ValidationError("Say what the office should send")
        return given


class Recommend(Versioned):
    """An outcome recommended for each open line, and why."""

    note = forms.CharField(label="Note to the physician", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, lines: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="recommend-%s", **kwargs)
        self.sequences = [line.sequence for line in lines]
        for line in lines:
            self.fields[f"advice_{line.sequence}"] = forms.ChoiceField(
                label=f"Line {line.sequence}: {line.service_name}", choices=ADVICE, required=False
            )

    def clean(self) -> dict[str, Any]:
        """At least one line gets a recommendation."""
        given = super().clean() or {}
        if not any(given.get(f"advice_{n}") for n in self.sequences):
            raise ValidationError("Choose what you recommend for at least one line")
        return given

    def outcomes(self) -> dict[int, Outcome]:
        """What is recommended, by line."""
        given = {n: self.cleaned_data.get(f"advice_{n}") for n in self.sequences}
        return {n: Outcome(advice) for n, advice in given.items() if advice}


class Extend(Versioned):
    """The lawful reason for more time, and what the member is told."""

    reason = forms.ChoiceField(label="Reason")
    words = forms.CharField(label="Why, for the letter", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, reasons: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="extend-%s", **kwargs)
        self.fields["reason"].choices = [("", "Choose"), *reasons]  # type: ignore[attr-defined]


class Notice(Versioned):
    """Who was told of the decision, and by which means."""

    recipient = forms.ChoiceField(label="Who was told")
    means = forms.ChoiceField(label="By which means", choices=MEANS)

    def __init__(self, *args: Any, untold: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="notice-%s", **kwargs)
        choices = [("", "Choose"), *((one, RECIPIENTS[one]) for one in untold)]
        self.fields["recipient"].choices = choices  # type: ignore[attr-defined]
