"""From the outcomes of the lines to the one status that people see."""

from __future__ import annotations

from collections.abc import Iterable

from .words import Outcome, State, Status

_DECIDED = {Outcome.CERTIFIED, Outcome.MODIFIED, Outcome.NOT_CERTIFIED}
_IGNORED = {Outcome.NOT_REQUIRED, Outcome.CANCELLED, Outcome.CONTACT_PAYER}


def roll_up(outcomes: Iterable[Outcome]) -> Status | None:
    """The status of decided lines, or None while any line is pended (or there are no lines).

    Not-required and cancelled lines are ignored unless all are: certified + not
    required = Approved; modified alone = Partially Approved; all cancelled = Withdrawn.
    """
    seen = set(outcomes)
    if not seen or Outcome.PENDED in seen:
        return None
    if seen == {Outcome.CANCELLED}:
        return Status.WITHDRAWN
    counted = seen - _IGNORED
    if not counted:
        return Status.NOT_REQUIRED if Outcome.NOT_REQUIRED in seen else None
    if counted == {Outcome.CERTIFIED}:
        return Status.APPROVED
    if counted == {Outcome.NOT_CERTIFIED}:
        return Status.DENIED
    return Status.PARTIALLY_APPROVED


_BY_STATE = {
    State.RECEIVED: Status.RECEIVED,
    State.IN_REVIEW: Status.IN_REVIEW,
    State.INFORMATION_REQUESTED: Status.IN_REVIEW,
    State.SENT_BACK: Status.SEND_BACK,
}


def status_of(state: State, outcomes: Iterable[Outcome]) -> Status:
    """What people see for a request in this state with these line outcomes.

    Pended is Received until a person takes it; a decided request shows the roll-up.
    A request that only other owners decide stays In Review here, with the owner shown per line. What was decided
    before the rest was withdrawn stands: a withdrawn request is Withdrawn only where no line was decided.
    """
    if state is State.WITHDRAWN:
        decided = set(outcomes) & _DECIDED
        return roll_up(decided) or Status.WITHDRAWN
    if state in (State.DECIDED, State.NOTIFIED):
        return roll_up(outcomes) or Status.IN_REVIEW
    return _BY_STATE[state]


def is_adverse(outcome: Outcome) -> bool:
    """Does this outcome take something from what was asked (a denial or a reduction)?"""
    return outcome in (Outcome.NOT_CERTIFIED, Outcome.MODIFIED)
