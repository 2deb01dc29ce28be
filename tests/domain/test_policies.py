"""Policy files: what is wrong is named by file, line and cause; the files of this repository are sound."""

from __future__ import annotations

import re
from functools import cache

import pytest
from criteria_documents import texts

from forthwith.domain import policies

ESI = "packages/msk/epidural-steroid-injection.yaml"
JOINTS = ("packages/msk/total-knee-replacement.yaml", "packages/msk/total-hip-replacement.yaml")
RULES = "requirements/harborlight.yaml"


@cache
def sound():
    return policies.check(texts())


def spoiled(name, old, new):
    """The policies with one text changed, and the line on which it was changed."""
    files = texts()
    assert old in files[name]
    line = files[name][: files[name].index(old)].count("\n") + 1
    files[name] = files[name].replace(old, new, 1)
    return files, line


def test_the_policies_of_this_repository_are_sound():
    report = sound()
    assert report.findings == []
    assert {"MSK-ESI", "MSK-SCS-TRIAL", "MSK-SCS-PERM", "MSK-TKA", "MSK-THA", "MSK-FUSION-L"} <= set(report.packages)
    assert report.cases >= 60


def test_every_sample_package_is_marked_and_says_where_it_comes_from():
    for package in sound().packages.values():
        assert package.sample and package.status == "SAMPLE-NOT-FOR-CLINICAL-USE"
        assert all(source.url.startswith("https://") and source.retrieved for source in package.sources)


def test_no_code_of_a_licensed_set_stands_in_the_policies():
    for name, text in texts().items():
        if not name.startswith("allowances/"):
            assert not re.search(r"code: ['\"]?\d{5}\b", text), name


@pytest.mark.parametrize(
    ("name", "old", "new", "cause"),
    [
        (
            ESI,
            "{gte: [pain_weeks, 4]}",
            "{gte: [pain_week, 4]}",
            "unknown fact 'pain_week'; did you mean 'pain_weeks'?",
        ),
        (ESI, "{gte: [pain_weeks, 4]}", "{gte: [pain_weeks, four]}", "expected a whole number, got 'four'"),
        (ESI, "is: image_guidance", "is: levels", "'is' cannot be used on levels, which is of type integer"),
        (
            ESI,
            "shown_if: {in: [conservative_care, [therapy, medicine]]}",
            "shown_if: {lt: [pain_score, 0]}",
            "question 'conservative_weeks' can never be shown",
        ),
        (ESI, 'version: "2026.1"', 'version: "2026.1"\nversion: "2"', "the key 'version' stands there twice"),
        (ESI, "type: LCD", "type: RUMOUR", "source[0].type: "),
        (ESI, "pain_weeks: 7", "pain_weeks: seven", "expected a whole number, got 'seven'"),
        (ESI, "pain_weeks: 7", "pain_wweeks: 7", "unknown fact 'pain_wweeks'"),
        (
            ESI,
            "criteria: {duration: not_met, indication: met}",
            "criteria: {duration: met}",
            "duration: expected met, got not_met",
        ),
        (
            ESI,
            "criteria: {duration: not_met, indication: met}",
            "criteria: {colour: met}",
            "there is no 'colour'",
        ),
        (
            ESI,
            "deciding: [imaging_concordant]",
            "deciding: [levels]",
            "expected levels, got imaging_concordant",
        ),
        (ESI, "program: MSK", "program: MSK\nprograme: MSK", "unknown key 'programe'; did you mean 'program'?"),
        (ESI, "    unit: weeks", "    units: weeks", "questions[2].units: unknown key 'units'; did you mean 'unit'?"),
        (ESI, "effective_to: null", "effective_to: 2025-01-01", "is before effective_from 2026-01-01"),
        (ESI, "effective_from: 2026-01-01", "effective_from: soon", "'soon' is no day; write 2026-11-23"),
        (ESI, "retrieved: 2026-11-23", "retrieved: 2026-13-45", "is no day of the calendar"),
        (ESI, "status: SAMPLE-NOT-FOR-CLINICAL-USE", "status: ACTIVE", "a sample package has the status SAMPLE"),
        (ESI, "codes: [M54.12,", "codes: [64483,", 'codes[0]: 64483 is not of type "string"'),
        (ESI, "title: Epidural steroid injection for pain", "title: [", "not YAML"),
        (ESI, "units: 1, days: 60", "units: 0, days: 60", "on_met.units: 0 is less than the minimum of 1"),
        (ESI, "action: approve", "action: deny", 'on_met.action: "approve" was expected'),
        (
            "services.yaml",
            "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
            "http://www.ama-assn.org/go/cpt",
            "is not among the public code systems",
        ),
        ("services.yaml", "package: MSK-TKA", "package: MSK-KNEE", "there is no package 'MSK-KNEE'"),
        ("services.yaml", "package: MSK-TKA", "package: MSK-THA", "package MSK-THA does not name SVC:TKA"),
        ("services.yaml", 'key: "SVC:THA"', 'key: "SVC:TKA"', "SVC:TKA stands there twice"),
        (RULES, '"SVC:DENOSUMAB"', '"SVC:DENOSUMAP"', "there is no service 'SVC:DENOSUMAP'"),
        (RULES, "answer: required", "answer: perhaps", "rules[0].answer: "),
        (
            RULES,
            "effective_from: 2026-10-01",
            "effective_from: 2026-13-01",
            "2026-13-01 is no day of the calendar",
        ),
    ],
)
def test_a_mistake_is_named_by_file_line_and_cause(name, old, new, cause):
    everything, line = spoiled(name, old, new)
    needed = {name} if name == ESI else {name, "services.yaml", *JOINTS}  # services and rules name one another
    files = {one: everything[one] for one in needed}
    findings = [finding for finding in policies.check(files).findings if cause in finding.cause]
    assert findings
    assert findings[0].file == name
    late = "twice" in cause or cause == "not YAML"  # told where the second stands, or where the reader stumbles
    assert late or findings[0].line in range(line, line + new.count("\n") + 1)


def test_a_failing_case_says_what_was_expected_and_what_came():
    files, line = spoiled(ESI, "facts: {<<: *first, pain_weeks: 3}", "facts: {<<: *first, pain_weeks: 4}")
    findings = policies.check({ESI: files[ESI]}).findings
    finding = findings[0]
    assert finding.file == ESI
    assert finding.line in (line + 1, line + 2)
    assert "case 'Three weeks of pain are not': " in finding.cause
    assert "expected not_met, got met" in str(findings)


def test_a_missing_source_is_named():
    files = texts()
    files[ESI] = re.sub(r"(?s)source:\n.*?retrieved: \S+\n", "", files[ESI])
    assert "no source" in str(policies.check({ESI: files[ESI]}).findings)


def test_a_package_shows_at_least_one_case_of_each():
    files = texts()
    head, _, tail = files[ESI].partition("cases:\n")
    files[ESI] = head + "cases:\n" + tail.split("  - name:")[0] + "  - name:" + tail.split("  - name:")[1]
    assert "no case expects not_met" in str(policies.check({ESI: files[ESI]}).findings)


def test_all_mistakes_of_all_files_are_listed():
    files, _ = spoiled(ESI, "type: LCD", "type: RUMOUR")
    files[RULES] = files[RULES].replace("answer: required", "answer: perhaps", 1)
    assert {finding.file for finding in policies.check(files).findings} == {ESI, RULES}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: [1",
        "a: b: c",
        "- !!python/object:os.system {}",
        "&a [*a]",
        "a: \x00",
        "? [1, 2]\n: 3",
        "1: 2",
        "<<: 7",
        "--- 1\n--- 2",
        "[" * 200,
        "just words",
        "- list",
    ],
)
def test_a_file_that_is_no_package_is_refused_and_never_raises(text):
    report = policies.check({"packages/x.yaml": text})
    assert report.findings
    assert all(finding.file == "packages/x.yaml" for finding in report.findings)


def test_other_files_are_passed_over():
    assert policies.check({"notes/x.yaml": "a: [1", "tenants/x/letters.yaml": "a: [1"}).findings == []


def test_a_package_that_cannot_be_read_brings_no_noise_from_those_that_name_it():
    for text in ("", "- list"):
        assert {finding.file for finding in policies.check({**texts(), ESI: text}).findings} == {ESI}
    files = texts()
    del files[ESI]
    unreadable = [policies.Finding(ESI, 0, "cannot be read")]
    assert policies.check(files, unreadable).findings == unreadable


def test_a_mistake_that_cases_share_is_told_once():
    files, line = spoiled(ESI, "pain_weeks: 7", "pain_weeks: seven")
    findings = policies.check({ESI: files[ESI]}).findings
    assert [(one.file, one.line) for one in findings] == [(ESI, line)]


def test_what_is_no_sample_says_so_twice():
    files, line = spoiled(ESI, "sample: true", "sample: false")
    finding = policies.check({ESI: files[ESI]}).findings[0]
    assert (finding.line, finding.cause) == (line + 1, "status: a package that is no sample has the status ACTIVE")
    files[ESI] = files[ESI].replace("status: SAMPLE-NOT-FOR-CLINICAL-USE\n", "")
    assert "the key 'status' is missing" in policies.check({ESI: files[ESI]}).findings[0].cause


def test_services_that_history_counts_exist():
    files, line = spoiled(ESI, 'count: {services: ["SVC:ESI-TF1"', 'count: {services: ["SVC:ESI"')
    findings = policies.check({name: files[name] for name in (ESI, *JOINTS, "services.yaml")}).findings
    assert [(one.line, "there is no service 'SVC:ESI'" in one.cause) for one in findings if one.file == ESI] == [
        (line, True)
    ]


def test_a_mark_on_the_words_of_a_licence():
    for code in ("64483", "0275T", "D7240", "Use code 64483."):
        files, line = spoiled(ESI, "title: Epidural steroid injection for pain", f'title: "{code}"')
        assert [(one.line, "licensed set" in one.cause) for one in policies.check({ESI: files[ESI]}).findings] == [
            (line, True)
        ]
    for words in ("About 10,000 people", "L33906 and 42 CFR 422.101", "see 2026/12345", "M54.16"):
        files, _ = spoiled(ESI, "title: Epidural steroid injection for pain", f'title: "{words}"')
        assert policies.check({ESI: files[ESI]}).findings == []


def test_days_stay_text_as_in_json():
    assert policies.read("a: 2026-11-23", "x").value == {"a": "2026-11-23"}


@pytest.mark.parametrize(
    ("name", "old", "new", "cause"),
    [
        ("allowances/appeals.yaml", "days: 60", "days: sixty", "appeals[0].days: must be a whole number"),
        ("allowances/appeals.yaml", "effective_to: 2024-12-31", "effective_to: 2019-12-31", "ends before"),
        ("allowances/appeals.yaml", "effective_to: 2024-12-31", "effective_to: null", "is still in force"),
        ("allowances/medicaid.yaml", "on_breach: deemed_adverse", "on_breach: shrug", "'shrug' is not one of"),
        ("allowances/states.yaml", "    duration: 3\n", "    duration: 3\n    toll: 5\n", "the key 'toll' stands"),
        ("allowances/service_levels.yaml", "id: ca_5bd", "id: ca_6bd", "no service level is named 'ca_5bd'"),
        ("tenants/saguaro.yaml", "zone: America/Phoenix", "zone: Mars/Olympus", "No time zone is named 'Mars/Olympus'"),
        ("tenants/saguaro.yaml", "state: AZ", "state: ZZ", "no state has the code 'ZZ'"),
        ("tenants/saguaro.yaml", "line_of_business: medicaid", "line_of_business: medicare", "line_of_business"),
        ("tenants/pacific-grove.yaml", "service_levels: [ca_5bd", "service_levels: [ca_9bd", "'ca_9bd'"),
        ("tenants/harborlight/codes.yaml", "SVC:HH-NURSE", "SVC:HH", "there is no service 'SVC:HH'"),
        (RULES, "tenant: harborlight", "tenant: harbour", "there is no tenant 'harbour'"),
    ],
)
def test_allowances_and_tenants_are_checked_too(name, old, new, cause):
    files, line = spoiled(name, old, new)
    kinds = ("allowances/", "tenants/") if name != RULES and "codes" not in name else ("",)
    findings = policies.check({one: text for one, text in files.items() if one.startswith(kinds)}).findings
    findings = [finding for finding in findings if cause in finding.cause]
    assert findings
    assert name.startswith("allowances/") or findings[0].file == name
    assert findings[0].line >= line


def test_rules_that_contradict_each_other_with_equal_weight_are_told():
    rule = """  - id: ES-AGAIN
    answer: required
    reason: The opposite
    when: {service: ["SVC:TKA", "SVC:EXER"]}
    effective_from: 2026-01-01
"""
    files = texts()
    files["requirements/empire-spine.yaml"] += rule
    causes = [finding.cause for finding in policies.check(files).findings]
    assert causes == ["rules[9].answer: contradicts ES-EXER: same conditions, same first day"]
