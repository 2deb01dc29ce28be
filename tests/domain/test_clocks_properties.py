"""What holds for every clock: later receipt, never an earlier due; order never matters; more rules, never more time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from forthwith.domain import allowances, clocks
from forthwith.domain.words import ItemClass, LineOfBusiness, Timing, Urgency
from tests.domain.clock_cases import book

# One set of versions: every rule that changed has its new version by the first day, and none changes after.
FIRST = datetime(2026, 7, 2, tzinfo=UTC)
RECEIVED = st.integers(0, 2 * 365 * 24 * 3600).map(lambda seconds: FIRST + timedelta(seconds=seconds))
LATER = st.integers(0, 40 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))
ZONES = ("America/New_York", "America/Los_Angeles", "America/Phoenix", "Pacific/Honolulu", "UTC")


@st.composite
def cases(draw: st.DrawFn) -> clocks.Case:
    urgency, timing = draw(st.sampled_from(Urgency)), draw(st.sampled_from(Timing))
    assume((urgency, timing) != (Urgency.EXPEDITED, Timing.POST_SERVICE))
    return clocks.Case(
        lob=draw(st.sampled_from(LineOfBusiness)),
        item=draw(st.sampled_from(ItemClass)),
        urgency=urgency,
        timing=timing,
        zone=draw(st.sampled_from(ZONES)),
        state=draw(st.sampled_from((None, "CA", "NY", "AZ", "ME", "TX"))),
        accredited=draw(st.booleans()),
        service_levels=draw(st.sampled_from(((), ("ca_5bd",), ("ca_5bd", "expedited_72h")))),
    )


@st.composite
def moments(draw: st.DrawFn) -> clocks.Moments:
    """Received, perhaps asked for information, perhaps answered."""
    received = draw(RECEIVED)
    asked = received + draw(LATER) if draw(st.booleans()) else None
    answered = asked + draw(LATER) if asked is not None and draw(st.booleans()) else None
    return clocks.Moments(received_at=received, information_asked_at=asked, information_received_at=answered)


def due(case: clocks.Case, told: clocks.Moments, by: allowances.AllowanceBook | None = None) -> datetime | None:
    governing = clocks.reckon(case, told, by or book()).governing
    return None if governing is None else governing.due_at


@settings(max_examples=40, deadline=None)
@given(cases(), moments(), LATER)
def test_a_later_receipt_is_never_due_earlier(case: clocks.Case, told: clocks.Moments, later: timedelta) -> None:
    after = told.received_at + later
    asked, answered = told.information_asked_at, told.information_received_at
    asked = None if asked is None else max(asked, after)
    answered = None if asked is None or answered is None else max(answered, asked)
    second = clocks.Moments(received_at=after, information_asked_at=asked, information_received_at=answered)
    first = due(case, told)
    assert first is None or first <= (due(case, second) or first)


@settings(max_examples=40, deadline=None)
@given(cases(), moments())
def test_nothing_is_due_before_it_came(case: clocks.Case, told: clocks.Moments) -> None:
    for one in clocks.reckon(case, told, book()).dues:
        assert one.due_at is None or one.due_at >= told.received_at, one
        assert one.due_at is None or one.due_at.tzinfo is UTC


@settings(max_examples=15, deadline=None)  # each makes a book
@given(cases(), moments(), st.randoms(use_true_random=False))
def test_the_order_of_the_rules_does_not_matter(case: clocks.Case, told: clocks.Moments, chance: object) -> None:
    shuffled = list(book().rules)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    other = clocks.reckon(case, told, allowances.AllowanceBook(shuffled))
    assert other == clocks.reckon(case, told, book())


@settings(max_examples=40, deadline=None)
@given(cases(), moments(), LATER)
def test_an_extension_never_shortens(case: clocks.Case, told: clocks.Moments, later: timedelta) -> None:
    extended = clocks.Moments(
        received_at=told.received_at,
        extended_at=told.received_at + later,
        information_asked_at=told.information_asked_at,
        information_received_at=told.information_received_at,
    )
    try:
        after = due(case, extended)
    except clocks.ExtensionRefused:
        return
    before = due(case, told)
    assert before is None or (after is not None and before <= after)


@settings(max_examples=15, deadline=None)  # each makes a book
@given(cases(), moments(), st.sampled_from([rule for rule in book().rules if rule.in_force(FIRST.date())]))
def test_one_rule_more_never_gives_more_time(
    case: clocks.Case, told: clocks.Moments, added: allowances.Allowance
) -> None:
    without = [rule for rule in book().rules if rule.id != added.id]
    levels = {rule.id for rule in without if rule.layer is allowances.Layer.SERVICE_LEVEL}
    assume(set(case.service_levels) <= levels)
    less = due(case, told, allowances.AllowanceBook(without))
    more = due(case, told, allowances.AllowanceBook([*without, added]))
    assume(not _is_extension_by_asking(case, told, added))
    assert less is None or (more is not None and more <= less)


def _is_extension_by_asking(case: clocks.Case, told: clocks.Moments, added: allowances.Allowance) -> bool:
    """ERISA's question is its extension, and so ends the plan's own service levels: the one lawful exception."""
    asked = told.information_asked_at is not None and added.toll is not None
    return asked and bool(case.service_levels)


@settings(max_examples=40, deadline=None)
@given(RECEIVED, st.sampled_from(ZONES), LATER)
def test_an_extended_clock_of_hours_is_monotone_too(received: datetime, zone: str, later: timedelta) -> None:
    """Except within an hour that the wall shows twice, which cannot keep its order at the same wall-clock time."""
    case = clocks.Case(
        lob=LineOfBusiness.MEDICAID,
        item=ItemClass.SERVICE,
        urgency=Urgency.EXPEDITED,
        timing=Timing.PRE_SERVICE,
        zone=zone,
    )
    second = received + later
    plain = [one + timedelta(hours=72) for one in (received, second)]
    assume(not any(_shows_twice(one, zone) for one in plain))
    assert _extended(case, received) <= _extended(case, second)


def test_the_hour_that_the_wall_skips_keeps_its_order() -> None:
    case = clocks.Case(
        lob=LineOfBusiness.MEDICAID,
        item=ItemClass.SERVICE,
        urgency=Urgency.EXPEDITED,
        timing=Timing.PRE_SERVICE,
        zone="America/New_York",
    )
    received = datetime(2027, 2, 25, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    dues = [_extended(case, received + timedelta(minutes=minute)) for minute in range(0, 120, 15)]
    assert dues == sorted(dues)


def _extended(case: clocks.Case, received: datetime) -> datetime:
    found = due(case, clocks.Moments(received_at=received, extended_at=received))
    assert found is not None
    return found


def _shows_twice(at: datetime, zone: str) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
