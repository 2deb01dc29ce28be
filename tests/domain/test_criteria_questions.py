"""Questions: shown only as needed, answers read and refused in plain words, facts with their sources."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from criteria_documents import document, package
from hypothesis import given, settings
from hypothesis import strategies as st

from forthwith.domain.criteria import Fact, PackageInvalid, Truth, compile_package

ESI = package("epidural-steroid-injection")
FUSION = package("lumbar-fusion")
TKA = package("total-knee-replacement")
TODAY = date(2026, 11, 23)
CONTEXT = {"line.service": "SVC:ESI-TF1", "line.units": 1, "history.sessions_12m_region": 0}
ALL_WELL = {
    "region": "lumbar",
    "pain_cause": "radicular",
    "pain_weeks": "7",
    "pain_score": "8",
    "function_scored": "yes",
    "active_infection": "no",
    "imaging_concordant": "yes",
    "conservative_care": ["therapy", "medicine"],
    "conservative_weeks": "6",
    "image_guidance": "yes",
    "levels": "2",
}


def shown(made, answers, context=None):
    return [question.key for question in made.visible_questions(answers, context)]


def test_questions_are_shown_only_as_needed():
    assert "pain_weeks" not in shown(ESI, {})
    assert "pain_weeks" in shown(ESI, {"pain_cause": "radicular"})
    assert "imaging_concordant" not in shown(ESI, {"pain_cause": "zoster"})
    assert "relief_percent" not in shown(ESI, {})
    assert "relief_percent" in shown(ESI, {"sessions_12m": 1})


def test_what_the_ledger_knows_shows_a_question_too():
    assert "relief_percent" in shown(ESI, {}, {"history.sessions_12m_region": 2})


def test_what_the_record_knows_hides_a_question():
    assert "skeletally_mature" in shown(TKA, {}, {"member.age": 19})
    assert "skeletally_mature" not in shown(TKA, {}, {"member.age": 70})


def test_the_answer_to_a_question_no_longer_shown_does_not_count():
    answers = {"kl_grade": 3, "advanced_equivalent": True}
    assert "advanced_equivalent" not in TKA.facts_from(answers)
    assert TKA.facts_from({**answers, "kl_grade": 2})["advanced_equivalent"].value is True


def test_a_chain_of_questions_folds_up_together():
    answers = {"conservative_care": ("not_tolerated",), "conservative_weeks": 6}
    assert "conservative_weeks" not in ESI.facts_from(answers)


def test_answers_of_a_form_lead_to_an_approval():
    answers, errors = ESI.read_answers(ALL_WELL, today=TODAY)
    assert not errors
    assert answers["pain_weeks"] == 7
    assert answers["conservative_care"] == ("therapy", "medicine")
    assert ESI.evaluate(ESI.facts_from(answers, CONTEXT)).truth is Truth.MET


def test_facts_know_their_source():
    facts = ESI.facts_from({"pain_score": 8}, CONTEXT)
    assert facts["pain_score"] == Fact(8, "answer", "Worst pain in the last week")
    assert facts["line.units"].source == "record"
    assert facts["history.sessions_12m_region"].source == "history"


@pytest.mark.parametrize(
    ("ledger", "answer", "value", "source"),
    [(1, 3, 3, "answer"), (3, 1, 3, "history"), (0, None, 0, "history"), (None, 2, 2, "answer")],
)
def test_of_two_counts_the_larger_stands(ledger, answer, value, source):
    fact = ESI.facts_from({"sessions_12m": answer}, {"history.sessions_12m_region": ledger})[
        "history.sessions_12m_region"
    ]
    assert (fact.value, fact.source) == (value, source)


def test_how_history_is_counted_is_told():
    count = ESI.history["history.sessions_12m_region"]
    assert count.services == ("SVC:ESI-TF1", "SVC:ESI-IL")
    assert (count.months, count.per) == (12, "region")


@pytest.mark.parametrize("nothing", ["", None, [], "unknown", "Not recorded", " "])
@pytest.mark.parametrize("key", ["pain_weeks", "function_scored", "pain_cause", "conservative_care", "note"])
def test_no_answer_is_no_error(key, nothing):
    assert ESI.read_answers({key: nothing}) == ({}, {})


@pytest.mark.parametrize(
    ("made", "key", "raw", "message"),
    [
        (ESI, "pain_score", "11", "Enter a whole number from 0 to 10"),
        (ESI, "pain_score", "-1", "Enter a whole number from 0 to 10"),
        (ESI, "pain_score", "7.5", "Enter a whole number from 0 to 10"),
        (ESI, "pain_score", "eight", "Enter a whole number from 0 to 10"),
        (ESI, "pain_score", "NaN", "Enter a whole number from 0 to 10"),
        (ESI, "pain_score", True, "Enter a whole number from 0 to 10"),
        (ESI, "pain_weeks", "9" * 50, "Enter a whole number of weeks from 0 to 5000"),
        (TKA, "a1c", "99", "Enter a number from 3 to 20"),
        (ESI, "function_scored", "perhaps", "Answer Yes, No or Not recorded"),
        (ESI, "pain_cause", "magic", "Choose one of the answers offered"),
        (ESI, "pain_cause", ["radicular", "zoster"], "Give one answer"),
        (ESI, "conservative_care", ["therapy", "magic"], "Choose among the answers offered"),
        (
            ESI,
            "conservative_care",
            ["none", "therapy"],
            "Choose either “None of these” or the answers that apply",
        ),
        (ESI, "note", "x" * 501, "Use 500 characters or fewer; this has 501"),
        (FUSION, "imaging_on", "2026-12-02", "Imaging date must be today, November 23, 2026, or earlier"),
        (
            FUSION,
            "imaging_on",
            ["12", "02", "2026"],
            "Imaging date must be today, November 23, 2026, or earlier",
        ),
        (FUSION, "imaging_on", ["2", "30", "2026"], "Enter a date, for example 9 21 2026"),
        (FUSION, "imaging_on", ["9", "21"], "Enter a date, for example 9 21 2026"),
        (FUSION, "imaging_on", "soon", "Enter a date, for example 9 21 2026"),
        (FUSION, "imaging_on", ["9" * 30, "1", "1"], "Enter a date, for example 9 21 2026"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused_in_plain_words(made, key, raw, message):
    answers, errors = made.read_answers({key: raw}, today=TODAY)
    assert errors == {key: message}
    assert key not in answers


@pytest.mark.parametrize(
    ("made", "key", "raw", "value"),
    [
        (ESI, "pain_score", " 8 ", 8),
        (ESI, "pain_score", 8.0, 8),
        (ESI, "pain_weeks", "1,000", 1000),
        (ESI, "pain_score", ["8"], 8),
        (TKA, "a1c", "7.2", Decimal("7.2")),
        (ESI, "function_scored", "no", False),
        (ESI, "function_scored", True, True),
        (ESI, "conservative_care", "therapy", ("therapy",)),
        (ESI, "conservative_care", ["medicine", "", "therapy"], ("therapy", "medicine")),
        (FUSION, "imaging_on", ["9", "21", "2026"], date(2026, 9, 21)),
        (FUSION, "imaging_on", "2026-11-23", date(2026, 11, 23)),
        (ESI, "note", "  words ", "words"),
    ],
)
def test_answers_are_read_as_people_and_machines_write_them(made, key, raw, value):
    assert made.read_answers({key: raw}, today=TODAY) == ({key: value}, {})


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
raw_values = scalars | st.lists(scalars | st.lists(scalars, max_size=2), max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([ESI, FUSION, TKA]), st.lists(raw_values, min_size=1, max_size=6))
def test_nothing_that_is_typed_in_breaks_the_reading(made, values):
    raw = {question.key: values[place % len(values)] for place, question in enumerate(made.questions)}
    answers, errors = made.read_answers(raw, today=TODAY)
    assert not set(answers) & set(errors)
    assert made.evaluate(made.facts_from(answers, CONTEXT)).truth in Truth


def questions(*extra):
    first = {"key": "weeks", "type": "integer", "wording": "How long?", "minimum": 0, "maximum": 10}
    return document(
        questions=[first, *extra],
        criteria={"any": [{"id": "a", "text": "A", "gte": ["weeks", 4]}, {"id": "b", "text": "B", "is": "so"}]},
    )


@pytest.mark.parametrize(
    ("condition", "cause"),
    [
        ({"gte": ["weeks", 11]}, "can never be shown"),
        ({"all": [{"lt": ["weeks", 2]}, {"gt": ["weeks", 2]}]}, "can never be shown"),
        ({"is": "so"}, "asked only here or later"),
        ({"eq": ["nothing", 1]}, "unknown fact 'nothing'"),
    ],
)
def test_a_question_that_cannot_be_reached_is_a_mistake(condition, cause):
    with pytest.raises(PackageInvalid, match=cause):
        compile_package(questions({"key": "so", "type": "boolean", "wording": "So?", "shown_if": condition}))


def test_a_question_behind_one_that_cannot_be_reached_cannot_be_reached_either():
    first = {"key": "so", "type": "boolean", "wording": "So?", "shown_if": {"gte": ["weeks", 11]}}
    second = {"key": "then", "type": "text", "wording": "Then?", "shown_if": {"is": "so"}}
    with pytest.raises(PackageInvalid, match="'then' can never be shown"):
        compile_package(questions(first, second))


def test_a_question_at_the_edge_of_its_bounds_can_be_reached():
    compile_package(questions({"key": "so", "type": "boolean", "wording": "So?", "shown_if": {"gte": ["weeks", 10]}}))


def test_an_answer_that_nothing_uses_is_a_mistake():
    extra = {"key": "idle", "type": "boolean", "wording": "Idle?"}
    so = {"key": "so", "type": "boolean", "wording": "So?"}
    with pytest.raises(PackageInvalid, match="nothing uses the answer to 'idle'"):
        compile_package(questions(so, extra))
