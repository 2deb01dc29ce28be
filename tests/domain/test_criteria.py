"""Criteria as an office and a reviewer meet them: comparisons, the trace, what would decide, the reasons."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from criteria_documents import booleans, case_facts, document, package, told

from forthwith.domain.criteria import Fact, PackageInvalid, Truth, compile_package

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
FIRST = "A first injection that meets everything"
ESI = "epidural-steroid-injection"

QUESTIONS = [
    {"key": "n", "type": "integer", "wording": "How many?"},
    {"key": "x", "type": "decimal", "wording": "How much?"},
    {"key": "on", "type": "date", "wording": "When?"},
    {
        "key": "c",
        "type": "choice",
        "wording": "Which?",
        "choices": [{"value": "red", "label": "Red"}, {"value": "blue", "label": "Blue"}],
    },
    {
        "key": "cs",
        "type": "choices",
        "wording": "Which ones?",
        "choices": [{"value": "red", "label": "Red"}, {"value": "blue", "label": "Blue"}],
    },
    {"key": "b", "type": "boolean", "wording": "So?"},
    {"key": "t", "type": "text", "wording": "What?"},
]


def truth_of(leaf: dict, **facts: object) -> Truth:
    keep = {"any": [{"present": question["key"]} for question in QUESTIONS]}
    note = {"key": "note", "type": "text", "wording": "Note?", "shown_if": keep}
    made = compile_package(
        document(questions=[*QUESTIONS, note], criteria={"all": [{"id": "leaf", "text": "Leaf", **leaf}]})
    )
    named = {"dx": "request.diagnoses", "units": "line.units", "today": "request.on"}
    return made.evaluate({named.get(key, key): Fact(value) for key, value in facts.items()}).truth


@pytest.mark.parametrize(
    ("leaf", "facts", "expected"),
    [
        ({"eq": ["n", 4]}, {"n": 4}, MET),
        ({"eq": ["n", 4]}, {"n": 5}, NOT_MET),
        ({"ne": ["n", 4]}, {"n": 5}, MET),
        ({"lt": ["n", 4]}, {"n": 4}, NOT_MET),
        ({"lte": ["n", 4]}, {"n": 4}, MET),
        ({"gt": ["n", 4]}, {"n": 4}, NOT_MET),
        ({"gte": ["n", 4]}, {"n": 4}, MET),
        ({"gte": ["x", 7.2]}, {"x": Decimal("7.2")}, MET),
        ({"gte": ["x", 7]}, {"x": Decimal("6.99")}, NOT_MET),
        ({"eq": ["c", "red"]}, {"c": "red"}, MET),
        ({"in": ["c", ["red", "blue"]]}, {"c": "blue"}, MET),
        ({"in": ["cs", ["red"]]}, {"cs": ("blue", "red")}, MET),
        ({"in": ["cs", ["red"]]}, {"cs": ("blue",)}, NOT_MET),
        ({"between": ["n", 2, 4]}, {"n": 4}, MET),
        ({"between": ["n", 2, 4]}, {"n": 5}, NOT_MET),
        ({"is": "b"}, {"b": True}, MET),
        ({"is": "b"}, {"b": False}, NOT_MET),
        ({"is": ["b", False]}, {"b": False}, MET),
        ({"present": "t"}, {"t": "words"}, MET),
        ({"present": "t"}, {"t": ""}, NOT_MET),
        ({"present": "t"}, {}, UNKNOWN),
        ({"matches": ["request.diagnoses", ["M54.1"]]}, {"dx": ["M17.12", "m54.16"]}, MET),
        ({"matches": ["request.diagnoses", ["M54.1"]]}, {"dx": ["M5416"]}, MET),
        ({"matches": ["request.diagnoses", ["M54.1"]]}, {"dx": ["M54.2"]}, NOT_MET),
        ({"matches": ["request.diagnoses", ["M54.1"]]}, {"dx": []}, NOT_MET),
        ({"gte": ["on", "2026-05-23"]}, {"on": date(2026, 5, 23)}, MET),
        ({"lt": ["on", "2026-05-23"]}, {"on": date(2026, 5, 23)}, NOT_MET),
        ({"lte": ["n", {"fact": "line.units"}]}, {"n": 2, "units": 2}, MET),
        ({"lte": ["n", {"fact": "line.units"}]}, {"n": 2}, UNKNOWN),
        ({"lte": ["n", {"plus": [{"fact": "line.units"}, 1]}]}, {"n": 3, "units": 2}, MET),
        (
            {"gte": ["on", {"days_before": [{"fact": "request.on"}, 30]}]},
            {"on": date(2026, 10, 24), "today": date(2026, 11, 23)},
            MET,
        ),
        (
            {"gte": ["on", {"months_before": [{"fact": "request.on"}, 6]}]},
            {"on": date(2026, 2, 28), "today": date(2026, 8, 31)},
            MET,
        ),
        (
            {"gte": ["on", {"months_before": [{"fact": "request.on"}, 6]}]},
            {"on": date(2026, 2, 27), "today": date(2026, 8, 31)},
            NOT_MET,
        ),
        (
            {"at_least": 2, "of": [{"is": "b"}, {"eq": ["n", 1]}, {"eq": ["c", "red"]}]},
            {"b": True, "n": 1},
            MET,
        ),
        (
            {"gte": ["on", {"months_before": [{"fact": "request.on"}, 1]}]},
            {"on": date(2026, 7, 30), "today": date(2026, 8, 31)},
            NOT_MET,
        ),
        ({"not": {"is": "b"}}, {"b": False}, MET),
    ],
)
def test_comparisons(leaf, facts, expected):
    assert truth_of(leaf, **facts) is expected


@pytest.mark.parametrize("leaf", [{"eq": ["n", 4]}, {"between": ["n", 1, 2]}, {"in": ["n", [1]]}, {"lte": ["n", 4]}])
@pytest.mark.parametrize("value", ["4", True, 4.5, None, [4]])
def test_a_value_of_the_wrong_type_is_no_knowledge(leaf, value):
    assert truth_of(leaf, n=value) is UNKNOWN


def test_an_instant_is_no_day():
    assert truth_of({"gte": ["on", "2026-01-01"]}, on=datetime(2026, 5, 1, tzinfo=UTC)) is UNKNOWN


LIMIT = {"lte": ["n", {"if": [{"eq": ["c", "red"]}, 2, 1]}]}


@pytest.mark.parametrize(
    ("facts", "expected", "deciding"),
    [
        ({"n": 2, "c": "red"}, MET, ()),
        ({"n": 2, "c": "blue"}, NOT_MET, ()),
        ({"n": 1}, MET, ()),  # right by either limit
        ({"n": 3}, NOT_MET, ()),  # wrong by either limit
        ({"n": 2}, UNKNOWN, ("c",)),
        ({"c": "red"}, UNKNOWN, ("n",)),
        ({}, UNKNOWN, ("n", "c")),
    ],
)
def test_a_limit_that_depends_on_another_fact(facts, expected, deciding):
    made = compile_package(
        document(
            questions=[QUESTIONS[0], QUESTIONS[3]],
            criteria={"all": [{"id": "limit", "text": "Limit", **LIMIT}]},
        )
    )
    found = made.evaluate(told(**facts))
    assert (found.truth, found.deciding) == (expected, deciding)


def test_the_trace_names_every_leaf_with_fact_source_and_expectation():
    facts = case_facts(ESI, FIRST) | {"pain_weeks": Fact(3, "answer")}
    facts["history.sessions_12m_region"] = Fact(1, "history")
    found = package(ESI).evaluate(facts)
    leaves = {leaf.id: leaf for leaf in found.leaves}
    weeks = leaves["duration.2"]
    assert (weeks.truth, weeks.fact, weeks.value, weeks.source) == (NOT_MET, "pain_weeks", 3, "answer")
    assert weeks.expected == "at least 4 weeks"
    assert leaves["sessions"].source == "history"
    assert leaves["levels"].expected == "no more than 2"
    assert {one.id: one.truth for one in found.criteria}["duration"] is NOT_MET
    assert {name for one in found.criteria for name in one.leaves} == set(leaves)
    assert found.criteria[0].cite == "LCD L33906"


def test_the_document_is_plain_json_and_complete():
    facts = case_facts("lumbar-fusion", "A smaller slip that moves")
    document = package("lumbar-fusion").evaluate(facts).document()
    assert json.loads(json.dumps(document)) == document
    assert (document["package"], document["version"], document["truth"]) == ("MSK-FUSION-L", "2026.1", "met")
    values = {leaf["fact"]: leaf["value"] for leaf in document["leaves"]}
    assert values["motion_mm"] == "3.0"
    assert values["imaging_on"] == "2026-09-21"
    assert values["indications"] == ["spondylolisthesis"]


def test_only_facts_that_can_still_matter_are_asked_for():
    tree = {"any": [{"all": [{"is": "a"}, {"is": "b"}]}, {"is": "c"}]}
    made = booleans(tree, "abc")
    assert made.evaluate({}).deciding == ("a", "b", "c")
    assert made.evaluate(told(a=False)).deciding == ("c",)
    assert made.evaluate(told(c=True)).deciding == ()
    assert made.evaluate(told(a=True, c=False)).deciding == ("b",)


def test_why_says_what_is_not_met_first_and_cites_the_source():
    facts = case_facts(ESI, FIRST) | {"pain_weeks": Fact(3)}
    del facts["levels"]
    made = package(ESI)
    why = made.why(made.evaluate(facts))
    assert why == [
        "Not met: The symptoms have lasted less than 4 weeks (LCD L33906). "
        "Time with symptoms: 3 weeks; expected at least 4 weeks.",
        "Not shown yet: No more than 2 levels at the nerve root, or 1 level for the other kinds, "
        "in one session "
        "(LCD L33906). Levels treated in this session: not stated.",
    ]
    assert made.why(made.evaluate(case_facts(ESI, FIRST))) == []


def test_values_are_said_in_words():
    made = package(ESI)
    assert made.say("pain_weeks", 1) == "1 week"
    assert made.say("relief_percent", 50) == "50%"
    assert made.say("conservative_care", ("therapy",)) == "Physical therapy or home exercise"
    assert made.say("image_guidance", False) == "No"
    assert made.say("line.from", date(2026, 12, 7)) == "December 7, 2026"
    assert made.say("pain_weeks", None) == "Not known"


def test_a_package_is_in_force_between_its_days():
    made = compile_package(document(effective_to="2026-12-31"))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [made.in_force(day) for day in days] == [False, True, True, False]


def test_days_from_another_reader_of_yaml_do_as_well():
    made = compile_package(document(effective_from=date(2026, 1, 1)))
    assert made.effective_from == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"source": []}, "source"),
        ({"colour": "red"}, "colour"),
        ({"sample": True}, "SAMPLE-NOT-FOR-CLINICAL-USE"),
        ({"effective_to": "2025-01-01"}, "before effective_from"),
        ({"effective_from": "2026-02-30"}, "no day of the calendar"),
        ({"criteria": {"all": [{"id": "a", "text": "A", "gte": ["week", 4]}]}}, "did you mean 'weeks'"),
        (
            {"criteria": {"all": [{"id": "a", "text": "A", "gte": ["weeks", "four"]}]}},
            "expected a whole number",
        ),
        ({"criteria": {"all": [{"id": "a", "text": "A", "is": "weeks"}]}}, "'is' cannot be used on weeks"),
        (
            {"criteria": {"all": [{"id": "a", "text": "A", "gte": ["weeks", 4], "lt": ["weeks", 9]}]}},
            "exactly one of",
        ),
        (
            {"criteria": {"all": [{"id": "a", "text": "A", "gte": ["weeks", 4], "colour": 1}]}},
            "unknown word 'colour'",
        ),
        (
            {"criteria": {"all": [{"id": "a", "text": "A", "at_least": 3, "of": [{"gte": ["weeks", 4]}]}]}},
            "from 1 to 1",
        ),
        ({"criteria": {"all": [{"id": "a", "text": "A", "between": ["weeks", 4, 2]}]}}, "above the high end"),
        (
            {"criteria": {"all": [{"id": "a", "text": "A", "gte": ["weeks", 4], "cite": "L2"}]}},
            "none of the package's",
        ),
        (
            {"criteria": {"all": [{"id": "a", "text": "A", "gte": ["weeks", {"months_before": [1, 2]}]}]}},
            "gives a date",
        ),
        ({"criteria": {"all": [{"id": "a", "text": "A", "any": []}]}}, "one or more criteria"),
        ({"criteria": {"all": [{"gte": ["weeks", 4]}]}}, "id"),
        (
            {"questions": [{"key": "weeks", "type": "integer", "wording": "W?", "minimum": 9, "maximum": 1}]},
            "above",
        ),
        ({"questions": [{"key": "weeks", "type": "choice", "wording": "W?"}]}, "lists its choices"),
        (
            {"questions": [{"key": "weeks", "type": "integer", "wording": "W?"}] * 2},
            "another question has the key",
        ),
        ({"on_met": {"action": "deny", "units": 1, "days": 1}}, "approve"),
    ],
)
def test_mistakes_in_a_package_are_named(changes, cause):
    with pytest.raises(PackageInvalid) as refused:
        compile_package(document(**changes))
    assert cause in str(refused.value)


def test_all_mistakes_are_named_at_once():
    criteria = {"all": [{"id": "a", "text": "A", "gte": ["week", 4]}, {"id": "b", "text": "B", "is": "weeks"}]}
    with pytest.raises(PackageInvalid) as refused:
        compile_package(document(criteria=criteria))
    assert [problem.path for problem in refused.value.problems] == [
        ("criteria", "all", 0, "gte"),
        ("criteria", "all", 1, "is"),
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")])
def test_what_is_no_number_is_no_knowledge(value):
    made = package("total-knee-replacement")
    facts = {**case_facts("total-knee-replacement", "All conditions are met"), "conservative_months": Fact(value)}
    found = made.evaluate(facts)
    assert (found.truth, found.deciding) == (Truth.UNKNOWN, ("conservative_months", "short_care_reason"))
    assert json.loads(json.dumps(found.document(), allow_nan=False))["truth"] == "unknown"
    assert "not stated" in made.why(found)[0]
