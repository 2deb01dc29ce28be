"""Is authorization needed? The most specific rule in force answers, in whatever order the rules stand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from criteria_documents import POLICIES
from hypothesis import given, settings
from hypothesis import strategies as st

from forthwith.domain import policies
from forthwith.domain.requirements import CONDITIONS, NO_RULE, Question, Rule, look_up, read_rules
from forthwith.domain.words import Requirement

DAY = date(2026, 11, 23)
ASKED = Question("P", "hmo", "MSK", "SVC:ESI-TF1", "24", True, DAY)


def rule(id_="R", answer=Requirement.REQUIRED, **conditions):
    return Rule(id_, answer, "Because", **conditions)


@pytest.mark.parametrize("rules", [[], [Rule("R", Requirement.NOT_REQUIRED, "Because", service="SVC:OTHER")]])
def test_without_a_rule_that_speaks_a_person_looks_at_it(rules):
    assert look_up(rules, ASKED) == (Requirement.REQUIRED, "", NO_RULE, "")


def test_the_answer_names_the_rule_that_gave_it():
    found = look_up([rule("R7", Requirement.OTHER_OWNER, owner="Someone")], ASKED)
    assert found == (Requirement.OTHER_OWNER, "R7", "Because", "Someone")


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_that_does_not_hold_keeps_a_rule_out(name):
    other = False if name == "in_network" else "other"
    assert look_up([rule(**{name: other})], ASKED).rule == ""
    assert look_up([rule(**{name: getattr(ASKED, name)})], ASKED).rule == "R"


def test_a_network_that_is_not_known_meets_no_condition_on_it():
    asked = ASKED._replace(in_network=None)
    assert look_up([rule(in_network=True)], asked).rule == ""
    assert look_up([rule(in_network=False)], asked).rule == ""


def test_with_as_many_conditions_the_weightier_wins():
    rules = [rule(name, **{name: getattr(ASKED, name)}) for name in CONDITIONS]
    for place, name in enumerate(CONDITIONS):
        assert look_up(rules[place:], ASKED).rule == name


def test_more_conditions_win_over_a_weightier_one():
    plan, service = rule("plan", plan="P"), rule("service", service=ASKED.service, place=ASKED.place)
    assert look_up([plan, service], ASKED).rule == "service"


def test_both_ends_of_the_dates_are_included():
    made = rule(effective_from=date(2026, 11, 1), effective_to=date(2026, 11, 30))
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)]
    assert [bool(look_up([made], ASKED._replace(on=day)).rule) for day in days] == [False, True, True, False]


def test_of_two_alike_the_later_answers():
    old, new = rule("old", effective_from=date(2026, 1, 1)), rule("new", effective_from=date(2026, 10, 1))
    assert look_up([new, old], ASKED).rule == "new"


def conditions(name):
    if name == "in_network":
        return st.sampled_from([None, True, False])
    return st.sampled_from(["", getattr(ASKED, name), "other"])


rules = st.builds(
    Rule,
    id=st.integers(0, 10_000).map(str),
    answer=st.sampled_from(list(Requirement)),
    reason=st.just("Because"),
    effective_from=st.integers(-30, 30).map(lambda days: DAY + timedelta(days)),
    effective_to=st.none() | st.integers(0, 60).map(lambda days: DAY + timedelta(days - 20)),
    **{name: conditions(name) for name in CONDITIONS},
)
SOME = settings(max_examples=50, deadline=None)
many = st.lists(rules, max_size=8, unique_by=lambda rule: rule.id)


@SOME
@given(many, st.randoms(use_true_random=False))
def test_the_order_of_rules_does_not_matter(several, random):
    shuffled = list(several)
    random.shuffle(shuffled)
    assert look_up(shuffled, ASKED) == look_up(several, ASKED)


@SOME
@given(many)
def test_the_rule_that_answers_holds_and_is_in_force(several):
    found = look_up(several, ASKED)
    if found.rule:
        (made,) = (rule for rule in several if rule.id == found.rule)
        assert made.answers(ASKED)
        assert made.effective_from <= DAY <= (made.effective_to or DAY)
    else:
        assert not any(rule.answers(ASKED) for rule in several)


@SOME
@given(many, st.sets(st.sampled_from(CONDITIONS)), st.sampled_from(CONDITIONS))
def test_one_condition_more_wins(several, names, name):
    held = {one: getattr(ASKED, one) for one in names - {name}}
    general, special = rule("general", **held), rule("special", **held, **{name: getattr(ASKED, name)})
    others = [one for one in several if one.rank()[0] < special.rank()[0]]
    assert look_up([*others, general, special], ASKED).rule == "special"


def sample(tenant):
    return read_rules(policies.read((POLICIES / f"requirements/{tenant}.yaml").read_text(), tenant).value)


@pytest.mark.parametrize(
    ("tenant", "program", "service", "place", "in_network", "expected"),
    [
        ("harborlight", "MSK", "SVC:ESI-TF1", "24", True, "required"),
        ("harborlight", "GENERAL", "SVC:OV", "11", True, "not_required"),
        ("harborlight", "GENERAL", "SVC:OV", "11", False, "required"),
        ("harborlight", "MSK", "SVC:MRI-LB", "22", True, "required"),
        ("harborlight", "MSK", "SVC:MRI-LB", "49", True, "not_required"),
        ("harborlight", "SPECDRUG", "SVC:DENOSUMAB", "11", True, "required"),
        ("empire-spine", "SPECDRUG", "SVC:DENOSUMAB", "11", True, "other_owner"),
        ("pacific-grove", "GENERAL", "SVC:CONSULT", "11", True, "required"),
        ("saguaro", "MSK", "SVC:EXER", "11", True, "not_required"),
    ],
)
def test_the_sample_tenants_answer(tenant, program, service, place, in_network, expected):
    asked = Question("any", "hmo", program, service, place, in_network, DAY)
    assert look_up(sample(tenant), asked).kind == expected


def test_every_sample_tenant_has_a_rule_for_everything():
    for path in (POLICIES / "requirements").glob("*.yaml"):
        assert look_up(sample(path.stem), Question("", "", "", "", "", None, DAY)).rule


def test_a_rule_for_several_services_becomes_several():
    given = {"id": "R", "answer": "required", "reason": "B", "effective_from": "2026-01-01"}
    made = read_rules({"rules": [{**given, "when": {"service": ["SVC:A", "SVC:B"], "place": ["21", "22"]}}]})
    assert [rule.id for rule in made] == ["R/A/21", "R/A/22", "R/B/21", "R/B/22"]
