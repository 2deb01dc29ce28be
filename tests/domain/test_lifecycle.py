"""The table of the life of a request: nothing leads out of the end, no act stops a clock that it must not."""

from __future__ import annotations

from itertools import product

import pytest

from forthwith.domain.lifecycle import MOVES, REFUSALS, Act, MoveRefused, Notice, Tick, allowed, move_for
from forthwith.domain.permissions import ROLES, Permission, permissions_of
from forthwith.domain.words import State

OPEN = {State.RECEIVED, State.IN_REVIEW, State.INFORMATION_REQUESTED, State.SENT_BACK}
ENDS = {State.NOTIFIED, State.WITHDRAWN}
BY_ACT = {move.act: move for move in MOVES}


def test_each_act_has_one_row_and_each_event_one_act() -> None:
    assert [move.act for move in MOVES] == list(Act)
    assert len({move.event for move in MOVES}) == len(MOVES)


def test_an_act_is_done_where_the_table_says_and_refused_in_words_elsewhere() -> None:
    for act, state in product(Act, State):
        if state in BY_ACT[act].origins:
            assert move_for(act, state) is BY_ACT[act]
            continue
        with pytest.raises(MoveRefused) as refused:
            move_for(act, state)
        assert str(refused.value) == REFUSALS.get(state, str(refused.value)) and str(refused.value).endswith(".")


def test_every_state_is_reached_and_the_ends_are_ends() -> None:
    reached, more = {State.NONE}, True
    while more:
        found = {m.target for m in MOVES if m.target and set(m.origins) & reached}
        more = not found <= reached
        reached |= found
    assert reached == set(State)
    assert not [move for move in MOVES if set(move.origins) & ENDS]


def test_from_every_open_state_a_decision_and_a_withdrawal_can_be_reached() -> None:
    """Silence never closes anything, and nothing is stuck: a reviewer can always come to decide."""
    for state in OPEN:
        next_ = {state} | {m.target for m in MOVES if m.target and state in m.origins}
        assert any(set(BY_ACT[Act.DECIDE].origins) & {one} for one in next_), state
        assert state in BY_ACT[Act.WITHDRAW].origins


def test_after_the_decision_only_the_notice_is_owed() -> None:
    assert [move.act for move in MOVES if State.DECIDED in move.origins] == [Act.NOTIFY]


def test_only_the_last_notice_and_a_withdrawal_stop_the_clock() -> None:
    """Decided is not notified; sending back and asking keep it running."""
    assert {move.act for move in MOVES if move.tick is Tick.STOPPED} == {Act.NOTIFY, Act.WITHDRAW}
    assert {move.act for move in MOVES if move.tick is Tick.STARTED} == {Act.SUBMIT}
    assert {move.act for move in MOVES if move.tick is Tick.ASKED} == {Act.ASK, Act.SEND_BACK}


def test_what_must_be_told_is_told() -> None:
    owed = {move.act: move.notice for move in MOVES if move.notice is not Notice.NONE}
    assert owed == {
        Act.SUBMIT: Notice.RECEIPT,
        Act.APPROVE_BY_RULE: Notice.DETERMINATION,
        Act.ASK: Notice.INFORMATION,
        Act.SEND_BACK: Notice.INFORMATION,
        Act.EXTEND: Notice.EXTENSION,
        Act.DECIDE: Notice.DETERMINATION,
        Act.WITHDRAW: Notice.WITHDRAWAL,
    }


def test_a_rule_approves_and_hands_back_and_does_nothing_else() -> None:
    machine = {move.act for move in MOVES if move.needs is Permission.RULE_APPLY}
    assert machine == {Act.APPROVE_BY_RULE, Act.RETURN}
    assert [role.key for role in ROLES.values() if Permission.RULE_APPLY in role.permissions] == ["rules"]


@pytest.mark.parametrize("state", State)
def test_buttons_are_the_table_for_a_role(state: State) -> None:
    for role in ROLES:
        may = permissions_of([role])
        offered = allowed(state, may)
        assert offered == tuple(m.act for m in MOVES if state in m.origins and m.needs in may)
    assert allowed(state, frozenset()) == ()


def test_offices_ask_answer_and_withdraw_and_never_decide() -> None:
    office = permissions_of(["coordinator"])
    acts = {act for state in State for act in allowed(state, office)}
    assert acts == {Act.SUBMIT, Act.ANSWER, Act.WITHDRAW}


def test_an_unknown_role_may_nothing() -> None:
    assert permissions_of(["emperor"]) == frozenset()
