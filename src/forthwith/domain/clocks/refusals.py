"""Why a clock cannot be reckoned. Each refusal is a sentence for people and names the field at fault."""

from __future__ import annotations


class ClockRefused(ValueError):
    """The clock cannot be reckoned. `field` names what was wrong, in the words of Case and Moments."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class CaseInvalid(ClockRefused):
    """The request is described by a word that nobody knows."""


class CareAlreadyGiven(ClockRefused):
    """Care already given cannot be expedited."""


class MomentsInvalid(ClockRefused):
    """The moments contradict each other, or one does not say its time zone."""


class ExtensionRefused(ClockRefused):
    """The rule gives no extension, or its time had already run out."""


class NotInForce(ClockRefused):
    """No version of the rule was in force on the day of receipt."""
