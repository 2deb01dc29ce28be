"""`forthwith policy`: what people and programs get, and the exit codes."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner
from criteria_documents import POLICIES, source

from forthwith.interfaces.cli.policy import policy

FIRST = source("epidural-steroid-injection")["cases"][0]["facts"]


def run(*words, stdin=None):
    return CliRunner().invoke(policy, list(words), input=stdin, env={"FORTHWITH_POLICIES": str(POLICIES)})


def evaluated(facts, *words):
    return run("evaluate", "MSK-ESI", "--facts", "-", *words, stdin=json.dumps(facts))


@pytest.fixture
def spoiled(tmp_path):
    """A copy of the policies with one mistake in it."""
    root = tmp_path / "policies"
    shutil.copytree(POLICIES, root)
    path = root / "packages/msk/epidural-steroid-injection.yaml"
    path.write_text(path.read_text().replace("{gte: [pain_weeks, 4]}", "{gte: [pain_week, 4]}"))
    return root


def test_check_says_that_all_is_sound():
    result = run("check")
    assert result.exit_code == 0
    assert "7 packages" in result.output


def test_check_prints_json():
    report = json.loads(run("check", "--json").output)
    assert report["ok"] is True
    assert report["errors"] == []


def test_check_names_file_line_and_cause_and_fails(spoiled):
    result = run("check", "--root", str(spoiled))
    assert result.exit_code == 1
    assert "epidural-steroid-injection.yaml:" in result.output
    assert "did you mean 'pain_weeks'" in result.output
    report = run("check", "--root", str(spoiled), "--json")
    assert report.exit_code == 1
    (error,) = json.loads(report.output)["errors"]
    assert error["line"] > 100


def test_evaluate_prints_result_and_trace_as_json():
    result = evaluated(FIRST, "--json")
    assert result.exit_code == 0
    found = json.loads(result.output)
    assert (found["package"], found["truth"], found["deciding"], found["why"]) == ("MSK-ESI", "met", [], [])
    assert {leaf["truth"] for leaf in found["leaves"]} <= {"met", "not_met", "unknown"}
    assert found["source"][0]["id"] == "L33906"
    assert found["on_met"] == {"action": "approve", "units": 1, "days": 60}


def test_evaluate_says_what_is_not_met_and_what_would_decide():
    output = evaluated({"pain_cause": "radicular"}).output
    assert "unknown" in output
    assert "Would decide: imaging_concordant, pain_weeks" in output
    assert "Sample, not for clinical use" in output
    assert "not met" in evaluated({**FIRST, "pain_weeks": 3}).output


def test_facts_may_name_their_source():
    found = json.loads(evaluated({"pain_weeks": {"value": 7, "source": "history"}}, "--json").output)
    (leaf,) = (one for one in found["leaves"] if one["fact"] == "pain_weeks")
    assert (leaf["value"], leaf["source"]) == (7, "history")


def test_answers_are_read_as_the_portal_reads_them():
    given = {"answers": {"pain_weeks": "7", "pain_cause": "radicular"}, "facts": {"line.units": 1}}
    found = json.loads(evaluated(given, "--json").output)
    assert {leaf["fact"]: leaf["value"] for leaf in found["leaves"]}["pain_weeks"] == 7


def test_a_package_may_be_a_file(tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("active_infection: true\n")
    path = POLICIES / "packages/msk/epidural-steroid-injection.yaml"
    result = run("evaluate", str(path), "--facts", str(facts), "--json")
    assert json.loads(result.output)["truth"] == "not_met"


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ('{"pain_week": 3}', "1: pain_week: unknown fact"),
        ('{"pain_weeks": "three"}', "expected a whole number"),
        ('{\n"levels": 1,\n"pain_weeks": true}', "3: pain_weeks: expected a whole number"),
        ('{"pain_weeks": {"value": 1, "colour": 2}}', "a fact has value and source"),
        ("[1, 2]", "expected facts by name"),
        ("{", "not YAML"),
        ("", "empty"),
        ('{"answers": {"pain_score": 11}}', "1: pain_score: Enter a whole number from 0 to 10"),
        ('{"answers": {"colour": 11}}', "there is no such question"),
        ('{"answers": 5}', "1: answers: expected answers by name"),
        ('{"facts": {}, "answers": null}', "answers: expected answers by name"),
        ('{"pain_weeks": -5}', "expected a whole number from 0 to 5000, got -5"),
        ('{"pain_weeks": 1' + "0" * 400 + "}", "expected a whole number from 0 to 5000, got 1000"),
        ('{"pain_weeks": 1' + "0" * 9000 + "}", "Exceeds the limit"),
        ('{"pain_weeks": NaN}', "expected a whole number, got 'NaN'"),
        ('{"pain_weeks": 1e999}', "expected a whole number"),
        ("pain_weeks: .nan", "expected a whole number, got nan"),
        ('{"line.units": 0}', "line.units: expected a whole number from 1"),
        ('{"member.age": 400}', "member.age: expected a whole number from 0 to 150"),
        ('{"history.sessions_12m_region": -1}', "expected a whole number from 0 to 50"),
        ('{"conservative_care": ["therapy", "none"]}', "'none' excludes the other choices"),
        ('{"line.from": "2026-02-30"}', "expected a date such as 2026-09-21"),
        ('{"line.from": 20260230}', "expected a date such as 2026-09-21"),
        ('{"pain_cause": "' + "x" * 5000 + '"}', "is none of radicular"),
        ("!!python/object/apply:os.system [id]", "is not allowed"),
        ("a: &a [*a]", "refers to itself"),
        ("pain_weeks: 7\npain_weeks: 8", "2: the key 'pain_weeks' stands there twice"),
    ],
)
def test_facts_that_cannot_be_read_are_refused(facts, cause):
    result = run("evaluate", "MSK-ESI", "--facts", "-", stdin=facts)
    assert result.exit_code == 1
    assert cause in result.stderr and len(result.stderr) < 400


def test_json_knows_one_kind_of_number_and_null_is_not_told():
    assert json.loads(evaluated({**FIRST, "pain_weeks": 7.0}, "--json").output)["truth"] == "met"
    found = json.loads(evaluated({**FIRST, "pain_weeks": None}, "--json").output)
    assert (found["truth"], found["deciding"]) == ("unknown", ["pain_weeks"])


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b"{" + b" " * 1_000_001 + b"}"])
def test_a_file_of_facts_that_is_no_text_or_far_too_large(tmp_path, content):
    path = tmp_path / "facts.json"
    path.write_bytes(content)
    result = run("evaluate", "MSK-ESI", "--facts", str(path))
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert str(path) in result.stderr
    (tmp_path / "package.yaml").write_bytes(content)
    result = run("evaluate", str(tmp_path / "package.yaml"), "--facts", str(path))
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)


def test_packages_may_be_checked_alone(tmp_path, spoiled):
    good = POLICIES / "packages/msk/epidural-steroid-injection.yaml"
    assert "1 packages, " in run("check", str(good)).output
    bad = spoiled / "packages/msk/epidural-steroid-injection.yaml"
    result = run("check", str(good), str(bad))
    assert result.exit_code == 1 and f"{bad}:" in result.output
    unread = tmp_path / "x.yaml"
    unread.write_bytes(b"\xff\xfe")
    assert "cannot be read" in run("check", str(unread)).output
    assert run("check", str(tmp_path / "nowhere.yaml")).exit_code == 2


def test_a_file_that_cannot_be_read_does_not_hide_the_others(spoiled):
    (spoiled / "packages/msk/total-knee-replacement.yaml").write_bytes(b"\xff\xfe")
    report = json.loads(run("check", "--root", str(spoiled), "--json").output)
    assert [(one["file"].rpartition("/")[2], one["line"] > 0) for one in report["errors"]] == [
        ("epidural-steroid-injection.yaml", True),
        ("total-knee-replacement.yaml", False),
    ]


def test_an_unknown_package_is_refused_and_the_known_are_named():
    result = run("evaluate", "NOPE", "--facts", "-", stdin="{}")
    assert result.exit_code == 1
    assert "there is no package NOPE; there are" in result.stderr
    assert run("evaluate", "nope.yaml", "--facts", "-", stdin="{}").exit_code == 1


def test_wrong_usage_has_its_own_exit_code():
    assert run("evaluate", "MSK-ESI").exit_code == 2
    assert run("check", "--root", "/nowhere").exit_code == 2


def test_no_policies_at_all(tmp_path):
    result = run("check", "--root", str(tmp_path))
    assert result.exit_code == 1
    assert "no policy file" in result.stderr
