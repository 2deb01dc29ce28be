"""The life of a request, as one table.

Each row says: by which act, from which states, to which state, needing which
permission, what it does to the clock, which notice it owes, and the event it
leaves behind. Buttons, permission checks, clock, letters and the diagram in
docs/reference/lifecycle.md are all read from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .permissions import Permission as P
from .words import State


class Act(StrEnum):
    """What can be done to a request."""

    SUBMIT = "submit"
    APPROVE_BY_RULE = "approve_by_rule"
    TAKE = "take"
    RELEASE = "release"
    ASK = "ask_for_information"
    SEND_BACK = "send_back"
    ANSWER = "answer"
    RETURN = "return_to_review"
    RECOMMEND = "recommend"
    EXTEND = "extend"
    DECIDE_LINE = "decide_line"
    DECIDE = "decide"
    NOTIFY = "notify"
    WITHDRAW = "withdraw"


class Tick(StrEnum):
    """What an act does to the clocks of the lines."""

    NONE = "none"
    STARTED = "started"
    ASKED = "information_asked"
    ANSWERED = "information_received"
    EXTENDED = "extended"
    DECIDED = "decided"
    STOPPED = "stopped"


class Notice(StrEnum):
    """Which letter an act owes. DETERMINATION becomes approval, partial approval or denial."""

    NONE = "none"
    RECEIPT = "receipt"
    DETERMINATION = "determination"
    INFORMATION = "request_for_information"
    EXTENSION = "extension"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table."""

    act: Act
    origins: tuple[State, ...]
    target: State | None  # None: the state stays as it is
    needs: P
    tick: Tick
    notice: Notice
    event: str


class MoveRefused(Exception):
    """That can't be done to this request now."""

    def __init__(self, act: Act, state: State) -> None:
        self.act, self.state = act, state
        super().__init__(REFUSALS.get(state, "This request can't be changed in its present state."))


REFUSALS = {
    State.DECIDED: "This request has been decided. Use an appeal or a new request to change the answer.",
    State.NOTIFIED: "This request has been decided. Use an appeal or a new request to change the answer.",
    State.WITHDRAWN: "This request was withdrawn. Start a new request instead.",
    State.RECEIVED: "Nobody has taken this request yet. Take it first.",
    State.INFORMATION_REQUESTED: "This request waits for information from the office.",
    State.SENT_BACK: "This request waits for the office to complete it.",
}

_OPEN = (State.RECEIVED, State.IN_REVIEW, State.INFORMATION_REQUESTED, State.SENT_BACK)
_WITH_REVIEWER = (State.IN_REVIEW, State.INFORMATION_REQUESTED, State.SENT_BACK)
_WAITING = (State.INFORMATION_REQUESTED, State.SENT_BACK)

MOVES: tuple[Move, ...] = (
    #    act                 from              to                           needs                    clock          notice                event
    Move(Act.SUBMIT,          (State.NONE,),    State.RECEIVED,              P.REQUEST_SUBMIT,        Tick.STARTED,  Notice.RECEIPT,       "submitted"),
    Move(Act.APPROVE_BY_RULE, (State.RECEIVED,), State.DECIDED,              P.RULE_APPLY,            Tick.DECIDED,  Notice.DETERMINATION, "approved_by_rule"),
    Move(Act.TAKE,            _OPEN,            State.IN_REVIEW,             P.CASE_TAKE,             Tick.NONE,     Notice.NONE,          "taken"),
    Move(Act.RELEASE,         (State.IN_REVIEW,), None,                      P.CASE_TAKE,             Tick.NONE,     Notice.NONE,          "released"),
    Move(Act.ASK,             (State.IN_REVIEW,), State.INFORMATION_REQUESTED, P.INFORMATION_ASK,     Tick.ASKED,    Notice.INFORMATION,   "information_asked"),
    Move(Act.SEND_BACK,       (State.RECEIVED, State.IN_REVIEW), State.SENT_BACK, P.INFORMATION_ASK,  Tick.ASKED,    Notice.INFORMATION,   "sent_back"),
    Move(Act.ANSWER,          _WAITING,         State.IN_REVIEW,             P.INFORMATION_ANSWER,    Tick.ANSWERED, Notice.NONE,          "information_received"),
    Move(Act.RETURN,          _WAITING,         State.IN_REVIEW,             P.RULE_APPLY,            Tick.NONE,     Notice.NONE,          "returned_to_review"),
    Move(Act.RECOMMEND,       _WITH_REVIEWER,   None,                        P.RECOMMENDATION_MAKE,   Tick.NONE,     Notice.NONE,          "recommended"),
    Move(Act.EXTEND,          _OPEN,            None,                        P.EXTENSION_TAKE,        Tick.EXTENDED, Notice.EXTENSION,     "extended"),
    Move(Act.DECIDE_LINE,     _WITH_REVIEWER,   None,                        P.APPROVAL_MAKE,         Tick.DECIDED,  Notice.NONE,          "line_decided"),
    Move(Act.DECIDE,          _WITH_REVIEWER,   State.DECIDED,               P.APPROVAL_MAKE,         Tick.DECIDED,  Notice.DETERMINATION, "decided"),
    Move(Act.NOTIFY,          (State.DECIDED,), State.NOTIFIED,              P.NOTICE_RECORD,         Tick.STOPPED,  Notice.NONE,          "notified"),
    Move(Act.WITHDRAW,        _OPEN,            State.WITHDRAWN,             P.REQUEST_WITHDRAW,      Tick.STOPPED,  Notice.WITHDRAWAL,    "withdrawn"),
)  # fmt: skip

_BY_ACT = {move.act: move for move in MOVES}


def move_for(act: Act, state: State) -> Move:
    """The row for this act from this state; raises MoveRefused where the table has none."""
    move = _BY_ACT[act]
    if state not in move.origins:
        raise MoveRefused(act, state)
    return move


def allowed(state: State, permissions: frozenset[P]) -> tuple[Act, ...]:
    """The acts that somebody with these permissions may do in this state, in the table's order."""
    return tuple(move.act for move in MOVES if state in move.origins and move.needs in permissions)
