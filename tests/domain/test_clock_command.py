"""`forthwith clock due`: the calculator at the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from forthwith.interfaces.cli.clock import clock

BASE = {"--lob": "medicare_advantage", "--received": "2026-11-25T10:00:00-05:00", "--zone": "America/New_York"}


def run(*flags: str, **options: str) -> Result:
    given = BASE | {"--" + name.replace("_", "-"): value for name, value in options.items()}
    words = [word for pair in given.items() for word in pair]
    return CliRunner().invoke(clock, ["due", *words, *flags])


def told(*flags: str, **options: str) -> dict[str, Any]:
    result = run(*flags, "--json", **options)
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert isinstance(answer, dict)
    return answer


def rule(answer: dict[str, Any], key: str) -> dict[str, Any]:
    found = next(one for one in answer["rules"] if one["id"] == key)
    assert isinstance(found, dict)
    return found


def test_it_tells_the_governing_due_in_the_plans_zone_and_in_utc() -> None:
    answer = told("--holiday", "2026-11-26", tenant="pacific-grove")
    assert answer["due_at"] == "2026-12-02T23:59:59-05:00"
    assert answer["due_at_utc"] == "2026-12-03T04:59:59+00:00"
    assert (answer["rule"], answer["allowance"]) == ("ma_standard", "7 calendar days")
    assert answer["citation"].startswith("42 CFR 422.568(b)(1)")
    assert answer["received_at"] == "2026-11-25T10:00:00-05:00"
    assert rule(answer, "ca_5bd")["due_at"] == "2026-12-03T23:59:59-05:00"
    assert [one["id"] for one in answer["rules"] if one["governing"]] == ["ma_standard"]


def test_extended() -> None:
    answer = told("--extended", tenant="pacific-grove")
    assert answer["due_at"] == "2026-12-16T23:59:59-05:00"
    assert rule(answer, "ca_5bd")["governs"] is False


def test_accredited_lets_the_accreditor_govern() -> None:
    assert rule(told(), "ncqa_non_urgent_public")["governs"] is False
    assert rule(told("--accredited"), "ncqa_non_urgent_public")["governs"] is True


def test_information_asked_and_received() -> None:
    answer = told(
        lob="commercial",
        received="2026-11-02T10:00:00-05:00",
        information_asked="2026-11-10T10:00:00-05:00",
        information_received="2026-12-01T10:00:00-05:00",
    )
    assert answer["due_at"] == "2026-12-16T23:59:59-05:00"


def test_a_holiday_by_hand_and_a_state_in_small_letters() -> None:
    answer = told("--holiday", "2026-11-30", lob="commercial", state="ny")
    assert rule(answer, "ny_preauthorization")["due_at"] == "2026-12-02T23:59:59-05:00"


def test_the_offset_of_receipt_need_not_be_the_plans() -> None:
    assert told(received="2026-11-26T03:00:00Z")["due_at"] == "2026-12-02T23:59:59-05:00"


def test_where_no_rule_sets_a_time_it_says_so() -> None:
    assert told(lob="medicaid", timing="post_service")["due_at"] is None
    assert "No rule sets a time" in run(lob="medicaid", timing="post_service").stdout


def test_people_read_a_table() -> None:
    result = run(tenant="pacific-grove")
    assert result.exit_code == 0
    assert "Due Wed 2026-12-02 23:59:59 EST" in result.stdout
    assert "42 CFR 422.568(b)(1)" in result.stdout
    assert "ca_5bd" in result.stdout


@pytest.mark.parametrize(
    ("options", "names", "says"),
    [
        ({"received": "2026-11-25T10:00:00"}, "--received", "has no offset"),
        ({"received": "yesterday"}, "--received", "is not a time"),
        ({"zone": "Mars/Olympus"}, "--zone", "No time zone is named"),
        ({"state": "XX"}, "--state", "No state has the code"),
        ({"tenant": "nobody"}, "--tenant", "No tenant is named"),
        ({"tenant": ""}, "--tenant", "No tenant is named ''"),
        ({"zone": "x" * 5000}, "--zone", "No time zone is named"),
        ({"zone": "../../etc/passwd"}, "--zone", "No time zone is named"),
        ({"received": "0001-01-01T00:00:00+14:00"}, "--received", "out of reach"),
        ({"received": "2026-02-29T10:00:00-05:00"}, "--received", "is not a time"),
        ({"holiday": "2026-02-30"}, "--holiday", "is not a date"),
        ({"holiday": "26.11.2026"}, "--holiday", "is not a date"),
        ({"lob": "medicare"}, "--lob", "medicare_advantage"),
        ({"urgency": "expedited", "timing": "post_service"}, "--urgency", "Care already given cannot be"),
        ({"information_asked": "2026-11-24T10:00:00-05:00"}, "--information-asked", "before received"),
        ({"information_received": "2026-11-27T10:00:00-05:00"}, "--information-received", "information asked"),
        (
            {
                "information_asked": "2026-11-27T10:00:00-05:00",
                "information_received": "2026-11-26T10:00:00-05:00",
            },
            "--information-received",
            "before information asked",
        ),
    ],
)
def test_wrong_usage_names_the_option(options: dict[str, str], names: str, says: str) -> None:
    result = run(**options)
    assert result.exit_code == 2
    assert names in result.stderr and says in result.stderr
    assert result.stdout == "" and len(result.stderr) < 600


@pytest.mark.parametrize("missing", ["--lob", "--received", "--zone"])
def test_what_is_missing_is_named(missing: str) -> None:
    words = [word for pair in BASE.items() if pair[0] != missing for word in pair]
    result = CliRunner().invoke(clock, ["due", *words])
    assert (result.exit_code, f"Missing option '{missing}'" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("flags", "options", "says"),
    [
        (["--extended"], {"item": "part_b_drug"}, "--extended: The 72 hours for a Part B drug may not be"),
        ([], {"received": "1999-01-01T10:00:00-05:00"}, "--received: No version of ma_standard was in force"),
    ],
)
def test_what_the_rules_refuse_ends_with_one(flags: list[str], options: dict[str, str], says: str) -> None:
    result = run(*flags, **options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert says in result.stderr.replace("\n", " ")


def test_a_policies_folder_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FORTHWITH_POLICIES", str(tmp_path))
    assert "no allowances" in run().stderr
    (tmp_path / "allowances").mkdir()
    (tmp_path / "allowances" / "mine.yaml").write_text("document: mine\nrules: [{id: a}]\n")
    result = run()
    assert result.exit_code == 1
    assert "mine: rules[1]: a: duration" in result.stderr
    (tmp_path / "allowances" / "mine.yaml").write_text("document: [\n")
    assert "mine.yaml" in run().stderr
