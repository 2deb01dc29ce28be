"""Stored clocks: after every act what is stored is what the moments come to, and `recompute` mends what is not."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations import actions, recomputing, upkeep
from forthwith.apps.authorizations.actions import LineDecision
from forthwith.apps.authorizations.actions.extend import possible
from forthwith.apps.authorizations.models import Authorization, Line
from forthwith.apps.review import actions as review
from forthwith.domain import clocks
from forthwith.domain.words import Outcome, Timing, Urgency
from forthwith.interfaces.cli import database
from forthwith.interfaces.cli.clock import clock
from forthwith.interfaces.cli.recompute import fitting
from tests.factories import AT, asked, line, scope, world

pytestmark = pytest.mark.django_db
SERVICE, DRUG = "SVC:ESI-TF1", "SVC:DENOSUMAB"
LAWS = [
    ("medicare_advantage", "NY", []),
    ("medicare_advantage", "CA", ["ca_5bd", "expedited_72h"]),
    ("medicaid", "NY", []),
    ("commercial", "CA", []),
    ("commercial", "AZ", ["ca_5bd"]),
    ("commercial", "NY", ["ca_5bd"]),
]


def after(hours: float) -> datetime:
    return AT + timedelta(hours=hours)


def under(lob: str, state: str, levels: list[str]):
    return world(line_of_business=lob, state=state, service_levels=levels, accredited=True)


def changes(w, *, dry_run: bool = True) -> list[recomputing.Change]:
    found = recomputing.recompute(after=None, limit=100, at=after(2000), dry_run=dry_run)
    scope(w.tenant)  # the scope that recompute set ends with the test's own transaction, not before
    assert found.refused == []
    return found.changes


def submitted(w, *services: str, **more) -> str:
    lines = [line(number, service) for number, service in enumerate(services or (SERVICE, SERVICE), start=1)]
    request = asked(w, *lines, answers={"pain_weeks": "2"}, **more)
    return actions.submit(asked=request, by=w["coordinator"], at=AT).number


def deny(sequence: int) -> LineDecision:
    return LineDecision(sequence=sequence, outcome=Outcome.NOT_CERTIFIED, reason="Two weeks only.")


@pytest.mark.parametrize("urgency", [Urgency.STANDARD, Urgency.EXPEDITED])
@pytest.mark.parametrize("law", LAWS, ids=lambda law: "-".join([law[0], law[1], *law[2]]))
def test_stored_is_computed_after_every_act(law, urgency):
    w = under(*law)
    more = {"urgency": urgency, "attested_by": "Dr. Sampleton" if urgency is Urgency.EXPEDITED else ""}
    number = submitted(w, **more)
    assert changes(w) == []
    nurse, office, doctor = w["nurse"], w["coordinator"], w["physician"]
    acts = [
        lambda at: review.take(number=number, by=nurse, at=at),
        lambda at: actions.send_back(number=number, questions=["Which side?"], message="", by=nurse, at=at),
        lambda at: actions.answer_information(number=number, answer="Left", by=office, at=at),
        lambda at: actions.determine(number=number, decisions=[deny(1)], by=doctor, at=at),
        lambda at: actions.ask_for_information(number=number, questions=["MRI?"], message="", by=nurse, at=at),
        lambda at: actions.answer_information(number=number, answer="Done in May", by=office, at=at),
        lambda at: extended(number, nurse, at),
        lambda at: actions.determine(number=number, decisions=[deny(2)], by=doctor, at=at),
        lambda at: actions.record_notice(number=number, recipient="member", means="mail", by=nurse, at=at),
    ]
    for hours, act in enumerate(acts, start=1):
        act(after(hours))
        assert changes(w) == [], f"act {hours}"
        row = Authorization.objects.get(number=number)
        open_ = [one for one in row.lines.all() if one.outcome == Outcome.PENDED and one.due_at]
        assert row.due_at == min((one.due_at for one in open_), default=None)
        assert row.due_rule == (open_[0].clock["rule"] if open_ else "")
    assert Authorization.objects.get(number=number).state == "notified"


def extended(number: str, by, at: datetime) -> None:
    try:
        actions.extend(number=number, reason="member_asked", words="The member asked.", by=by, at=at)
    except clocks.ExtensionRefused as refused:
        assert "extension" in str(refused) or "extended" in str(refused)


def test_nothing_is_owed_after_a_withdrawal():
    w = under("commercial", "NY", [])
    number = submitted(w)
    actions.withdraw(number=number, reason="Not needed", by=w["coordinator"], at=after(1))
    row = Authorization.objects.get(number=number)
    assert (row.due_at, row.due_rule, changes(w)) == (None, "", [])


def test_an_unanswered_request_goes_back_and_may_be_asked_again():
    w = world()
    number = submitted(w)
    review.take(number=number, by=w["nurse"], at=after(1))
    actions.ask_for_information(number=number, questions=["MRI?"], message="", by=w["nurse"], at=after(2))
    due = Authorization.objects.get(number=number).due_at
    assert upkeep.return_unanswered(before=due + timedelta(hours=1), at=due - timedelta(hours=23)) == 1
    actions.ask_for_information(
        number=number, questions=["MRI?"], message="", by=w["nurse"], at=due - timedelta(hours=20)
    )
    row = actions.answer_information(number=number, answer="May", by=w["coordinator"], at=due - timedelta(hours=19))
    assert row.moments["information_asked_at"] == after(2).isoformat()
    assert row.moments["information_received_at"] == (due - timedelta(hours=19)).isoformat()
    assert changes(w) == []


def test_asking_twice_gives_the_plan_no_more_time():
    """New York's days run from the information that came first; a second question moves nothing."""
    w = under("medicaid", "NY", [])
    number = submitted(w)
    review.take(number=number, by=w["nurse"], at=after(1))
    for hours in (2, 50):
        actions.ask_for_information(number=number, questions=["MRI?"], message="", by=w["nurse"], at=after(hours))
        row = actions.answer_information(number=number, answer="x", by=w["coordinator"], at=after(hours + 1))
        assert row.due_at == datetime(2026, 11, 28, 4, 59, 59, tzinfo=UTC)
        assert row.due_rule == "ny_preauthorization"


def test_a_part_b_drug_stays_when_its_request_is_extended():
    """Domain: a clock belongs to a line; a Part B drug is never extended, also when the request is."""
    w = world(rules="harborlight")
    number = submitted(w, SERVICE, DRUG)
    review.take(number=number, by=w["nurse"], at=after(1))
    actions.extend(number=number, reason="member_asked", words="Asked.", by=w["nurse"], at=after(2))
    actions.ask_for_information(number=number, questions=["MRI?"], message="", by=w["nurse"], at=after(3))
    service, drug = Line.objects.order_by("sequence")
    assert (service.clock["rule"], service.due_at) == ("ma_standard", datetime(2026, 12, 15, 4, 59, 59, tzinfo=UTC))
    assert (drug.clock["rule"], drug.due_at) == ("ma_part_b_drug_standard", after(72))
    row = Authorization.objects.get(number=number)
    assert (row.due_at, row.due_rule, changes(w)) == (drug.due_at, "ma_part_b_drug_standard", [])
    offer = possible(row, [service, drug], at=after(4))
    assert offer is None


def test_once_extended_the_rule_named_is_the_one_that_governs():
    w = under("medicare_advantage", "CA", ["ca_5bd"])
    number = submitted(w)
    row = Authorization.objects.get(number=number)
    assert row.due_rule == "ma_standard"  # November 30; five business days end on December 1
    review.take(number=number, by=w["nurse"], at=after(1))
    actions.extend(number=number, reason="extraordinary", words="Why.", by=w["nurse"], at=after(2))
    row.refresh_from_db()
    assert row.lines.first().clock["dues"][-1]["governs"] is False
    assert (row.due_rule, row.due_at) == (row.lines.first().clock["rule"], row.lines.first().due_at)


class TestRecompute:
    def spoiled(self, w) -> str:
        number = submitted(w)
        row = Authorization.objects.get(number=number)
        row.lines.update(due_at=None, clock={"rule": "ma_standard", "version": "2020-01-01"})
        Authorization.objects.filter(id=row.id).update(due_at=after(1), due_rule="nonsense")
        return number

    def test_it_mends_what_is_stored_and_leaves_an_event(self):
        w = world()
        number, good = self.spoiled(w), submitted(w)
        changed = changes(w, dry_run=False)
        assert [one.number for one in changed] == [number]
        assert changed[0].before["rule"] == "nonsense" and changed[0].after["rule"] == "ma_standard"
        row = Authorization.objects.get(number=number)
        assert row.due_at == row.lines.first().due_at == datetime(2026, 12, 1, 4, 59, 59, tzinfo=UTC)
        assert row.lines.first().clock["version"] == "2026-01-01"
        event = Event.objects.get(verb="clock_recomputed")
        assert (event.subject_number, event.actor_name, event.tenant_id) == (number, "Rules of the plan", w.tenant.id)
        assert event.facts["before"]["lines"][0] == {
            "sequence": 1, "due_at": None, "rule": "ma_standard", "version": "2020-01-01",
        }  # fmt: skip
        assert event.facts["after"]["lines"][0]["version"] == "2026-01-01"
        assert changes(w) == [] and Authorization.objects.get(number=good).version == row.version == 1

    def test_a_dry_run_writes_nothing(self):
        w = world()
        number = self.spoiled(w)
        assert len(changes(w)) == 1
        assert Authorization.objects.get(number=number).due_rule == "nonsense"
        assert not Event.objects.filter(verb="clock_recomputed").exists()

    def test_it_goes_on_from_where_a_batch_ended_and_ends(self):
        w = world()
        numbers = [submitted(w) for _ in range(5)]
        seen, last, batches = 0, None, 0
        while batches < 10:
            batch = recomputing.recompute(after=last, limit=2, at=AT, dry_run=True)
            seen, last, batches = seen + batch.looked, batch.last, batches + 1
            if last is None:
                break
        assert (seen, batches, recomputing.count()) == (len(numbers), 3, 5)

    def test_a_request_that_cannot_be_reckoned_is_named_and_the_others_are_mended(self):
        w = world()
        broken, number = submitted(w), self.spoiled(w)
        Authorization.objects.filter(number=broken).update(moments={"received_at": "1999-01-01T00:00:00+00:00"})
        batch = recomputing.recompute(after=None, limit=100, at=after(1))
        assert [one.number for one in batch.changes] == [number]
        assert [name for name, _ in batch.refused] == [broken]
        assert "in force" in batch.refused[0][1]

    def test_care_already_given_has_its_own_time(self):
        w = world()
        submitted(w, timing=Timing.POST_SERVICE)
        assert changes(w) == []


class TestTheCommand:
    @pytest.fixture(autouse=True)
    def at_hand(self, monkeypatch):
        monkeypatch.setattr(database, "opened", lambda data, makes: nullcontext())
        monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(self, *words: str):
        return CliRunner().invoke(clock, ["recompute", *words])

    def test_a_dry_run_says_what_would_change(self):
        w = world()
        number = TestRecompute().spoiled(w)
        result = self.run("--dry-run", "--json")
        assert (result.exit_code, result.exception) == (0, None)
        told = json.loads(result.stdout)
        assert (told["dry_run"], told["looked_at"], told["changed"], told["refused"]) == (True, 1, 1, [])
        assert told["changes"][0]["number"] == number
        assert told["changes"][0]["after"]["due_at"] == "2026-12-01T04:59:59+00:00"
        scope(w.tenant)
        assert Authorization.objects.get(number=number).due_rule == "nonsense"

    def test_it_mends_and_the_second_time_finds_nothing(self):
        w = world()
        number = TestRecompute().spoiled(w)
        assert f"{number}  " in (said := self.run().stdout) and "1 requests looked at, 1 changed." in said
        assert "1 requests looked at, 0 changed." in self.run().stdout

    def test_what_cannot_be_reckoned_ends_with_one(self):
        w = world()
        number = submitted(w)
        Authorization.objects.filter(number=number).update(moments={"received_at": "1999-01-01T00:00:00+00:00"})
        result = self.run()
        assert result.exit_code == 1 and f"{number}  No version of ma_standard" in result.stdout


@pytest.mark.parametrize(
    ("limit", "took", "expected"),
    [(50, 0.01, 100), (50, 0.3, 50), (50, 3.0, 5), (1, 60.0, 1), (900, 0.0, 1000)],
)
def test_a_batch_is_as_large_as_fits_its_time(limit, took, expected):
    assert fitting(limit, took) == expected
