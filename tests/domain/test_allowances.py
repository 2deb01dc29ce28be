"""Reading allowances: the shipped book is whole, and a wrong document says what is wrong where."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from itertools import product
from typing import Any

import pytest

from forthwith.domain import allowances
from forthwith.domain.words import ItemClass, LineOfBusiness, Timing, Urgency
from tests.domain.clock_cases import book, documents

RULE: dict[str, Any] = {
    "id": "a_rule",
    "layer": "federal",
    "authority": "An authority",
    "citation": "1 CFR 1",
    "lob": ["medicaid"],
    "state": None,
    "item": "any",
    "urgency": "any",
    "timing": "any",
    "duration": 7,
    "unit": "calendar_days",
    "start": "receipt",
    "notify": ["member"],
    "extension": None,
    "no_extension": "No.",
    "toll": None,
    "on_breach": "report_only",
    "effective_from": date(2026, 1, 1),
    "effective_to": None,
}
REASONS = [{"key": "asked", "words": "It was asked for."}]


def read(*rules: dict[str, Any], **page: Any) -> allowances.AllowanceBook:
    return allowances.read_book([{"document": "a_page", "rules": list(rules), **page}])


def test_every_request_before_or_during_care_has_a_federal_time() -> None:
    kinds = product(LineOfBusiness, ItemClass, Urgency, (Timing.PRE_SERVICE, Timing.CONCURRENT))
    for lob, item, urgency, timing in kinds:
        rules = book().matching(lob, item, urgency, timing, None)
        today = [rule for rule in rules if rule.in_force(date(2026, 11, 23))]
        federal = [rule for rule in today if rule.layer is allowances.Layer.FEDERAL]
        assert len(federal) == 1, f"{lob} {item} {urgency} {timing}: {[rule.id for rule in federal]}"


def test_every_rule_is_cited_and_says_whether_it_may_be_extended() -> None:
    for rule in book().rules:
        assert rule.citation and rule.authority, rule.id
        assert (rule.extension is None) == bool(rule.no_extension), rule.id


def test_the_sample_tenants_have_their_promises() -> None:
    assert book().levels_of("pacific-grove") == ("ca_5bd", "expedited_72h")
    assert set(book().tenants) == {"harborlight", "pacific-grove", "saguaro", "copperline", "empire-spine"}
    with pytest.raises(allowances.UnknownTenant, match="harborlight"):
        book().levels_of("nobody")


def test_a_rule_reads_back_as_written() -> None:
    extension = {"duration": 14, "unit": "calendar_days", "reasons": REASONS, "notice": "Tell them."}
    rule = read(RULE | {"extension": extension}).rules[0]
    assert (rule.id, rule.text, rule.version) == ("a_rule", "7 calendar days", "2026-01-01")
    assert rule.extension is not None and str(rule.extension.length) == "14 calendar days"
    assert rule.items == frozenset(ItemClass)
    assert rule.no_extension == ""


@pytest.mark.parametrize(("duration", "said"), [(1, "1 calendar day"), (2, "2 calendar days")])
def test_one_day_is_not_one_days(duration: int, said: str) -> None:
    assert read(RULE | {"duration": duration}).rules[0].text == said


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"duration": 0}, "a_rule: duration: must be a whole number"),
        ({"duration": "seven"}, "a_rule: duration: must be a whole number"),
        ({"duration": True}, "a_rule: duration: must be a whole number"),
        ({"unit": "weeks"}, "a_rule: unit: 'weeks' is not one of hours"),
        ({"lob": []}, "a_rule: lob: must be 'any' or a list"),
        ({"lob": "medicaid"}, "a_rule: lob: must be a list"),
        ({"lob": ["medicare"]}, "a_rule: lob: 'medicare' is not one of"),
        ({"layer": "county"}, "a_rule: layer: 'county'"),
        ({"layer": "state"}, "a_rule: state: a state's rule must name its state"),
        ({"state": "XX"}, "a_rule: state: 'XX' is not the code of a state"),
        ({"citation": " "}, "a_rule: citation: must be a text"),
        ({"effective_from": "01/01/2026"}, "a_rule: effective_from: '01/01/2026' is not a date"),
        ({"effective_from": None}, "a_rule: effective_from: must be a date"),
        ({"effective_to": date(2025, 1, 1)}, "a_rule: effective_to: ends before"),
        ({"no_extension": ""}, "a_rule: no_extension: must be a text"),
        ({"extension": {"duration": 1, "unit": "hours"}}, "a_rule: extension: reasons: an extension needs"),
        ({"extension": 14}, "a_rule: extension: must be a mapping"),
        ({"toll": {"mode": "earlier"}}, "a_rule: toll: supply: must say"),
        ({"notify": "member"}, "a_rule: notify: must be a list"),
        ({"on_brech": "x"}, "a_rule: on_brech: unknown field"),
    ],
)
def test_what_is_wrong_is_named_by_document_entry_and_field(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(allowances.BookInvalid) as error:
        read(RULE | change)
    assert str(error.value).startswith("allowances: a_page: rules[1]: " + complaint)


def test_a_document_that_is_no_mapping() -> None:
    with pytest.raises(allowances.BookInvalid, match="must be a mapping, not list"):
        allowances.read_book([[]])  # type: ignore[list-item]


def test_two_versions_never_speak_on_one_day() -> None:
    with pytest.raises(allowances.BookInvalid, match="still in force"):
        read(RULE, RULE | {"effective_from": date(2027, 1, 1)})
    read(RULE | {"effective_to": date(2026, 12, 31)}, RULE | {"effective_from": date(2027, 1, 1)})


def test_two_versions_of_a_time_to_appeal_never_speak_on_one_day() -> None:
    pages = deepcopy([page for page in documents() if page["document"] == "appeals"])
    pages[0]["appeals"][0]["effective_to"] = None
    with pytest.raises(allowances.BookInvalid, match="ma_reconsideration"):
        allowances.read_book(pages)


def test_a_tenant_may_promise_only_what_the_book_knows() -> None:
    with pytest.raises(allowances.BookInvalid, match="no service level is named 'soon'"):
        read(tenants=[{"key": "harborlight", "service_levels": ["soon"]}])
