"""From lines to one status: every combination of outcomes, against the sentences of the rule."""

from __future__ import annotations

from itertools import combinations

import pytest

from forthwith.domain.outcomes import is_adverse, roll_up, status_of
from forthwith.domain.words import Outcome, State, Status

A1, A6, A3 = Outcome.CERTIFIED, Outcome.MODIFIED, Outcome.NOT_CERTIFIED
A4, NA, C, CT = Outcome.PENDED, Outcome.NOT_REQUIRED, Outcome.CANCELLED, Outcome.CONTACT_PAYER
EVERY = [set(some) for size in range(1, 8) for some in combinations(Outcome, size)]
OPEN = (State.RECEIVED, State.IN_REVIEW, State.INFORMATION_REQUESTED, State.SENT_BACK)


def expected(seen: set[Outcome]) -> Status | None:
    """The rule read aloud."""
    if A4 in seen:
        return None
    if seen == {C}:
        return Status.WITHDRAWN
    decided = seen & {A1, A6, A3}
    if not decided:
        return Status.NOT_REQUIRED if NA in seen else None
    return {frozenset({A1}): Status.APPROVED, frozenset({A3}): Status.DENIED}.get(
        frozenset(decided), Status.PARTIALLY_APPROVED
    )


def test_every_combination() -> None:
    wrong = [seen for seen in EVERY if not roll_up(seen) is roll_up([*seen, *seen]) is expected(seen)]
    assert not wrong


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        ({A1, NA}, Status.APPROVED),
        ({A3, NA}, Status.DENIED),
        ({A6}, Status.PARTIALLY_APPROVED),
        ({A6, NA, C}, Status.PARTIALLY_APPROVED),
        ({A1, A3}, Status.PARTIALLY_APPROVED),
        ({A1, A6}, Status.PARTIALLY_APPROVED),
        ({A6, A3}, Status.PARTIALLY_APPROVED),
        ({C}, Status.WITHDRAWN),
        ({NA}, Status.NOT_REQUIRED),
        ({A1, C}, Status.APPROVED),
        ({A1, CT}, Status.APPROVED),
        ({A3, C}, Status.DENIED),
    ],
)
def test_the_sentences_of_the_rule(seen: set[Outcome], status: Status) -> None:
    assert roll_up(seen) is status
    assert status_of(State.DECIDED, seen) is status is status_of(State.NOTIFIED, seen)


def test_no_lines_are_no_status() -> None:
    assert roll_up([]) is None


def test_while_it_is_open_the_state_speaks() -> None:
    words = [Status.RECEIVED, Status.IN_REVIEW, Status.IN_REVIEW, Status.SEND_BACK]
    assert all([status_of(state, seen) for state in OPEN] == words for seen in EVERY)


def test_what_was_decided_before_the_rest_was_withdrawn_stands() -> None:
    for seen in EVERY:
        decided = seen & {A1, A6, A3}
        assert status_of(State.WITHDRAWN, seen) is (roll_up(decided) if decided else Status.WITHDRAWN), seen


def test_every_status_is_a_word_that_people_were_promised() -> None:
    assert {str(one) for one in Status} == {
        "Draft", "Received", "In Review", "Send back", "Approved", "Partially Approved", "Denied",
        "Submission not required", "Withdrawn",
    }  # fmt: skip


def test_what_takes_something_away() -> None:
    assert [one for one in Outcome if is_adverse(one)] == [A6, A3]
