"""The shipped packages against the list of what they must say: each sentence of the program's sources a row.

The packages' own cases are run by `policy check`; here stand the rules that bind all of them.
"""

from __future__ import annotations

from typing import Any

import pytest
from criteria_documents import case_facts, package

from forthwith.domain.criteria import Fact, Truth

ESI, TKA, THA = "epidural-steroid-injection", "total-knee-replacement", "total-hip-replacement"
TRIAL, PERM, FUSION = "spinal-cord-stimulation-trial", "spinal-cord-stimulation-permanent", "lumbar-fusion"
FIRST = {
    ESI: "A first injection that meets everything",
    TKA: "All conditions are met",
    THA: "All conditions are met",
    TRIAL: "All conditions of the trial are met",
    PERM: "A first device after a trial that halved the pain",
    FUSION: "A slip of grade 2 after three months of care",
}
REPEAT = {"history.sessions_12m_region": 1, "relief_months": 3}
RED_FLAGS = ("cauda_equina", "motor_loss", "myelopathy", "tumor", "infection", "fracture")
MET, NOT, OPEN = "met", "not_met", "unknown"


def truth(name: str, **changes: Any) -> Truth:
    facts = dict(case_facts(name, FIRST[name]))
    for key, value in changes.items():
        if value is None:
            facts.pop(key, None)
        else:
            facts[key] = Fact(tuple(value) if isinstance(value, list) else value)
    return package(name).evaluate(facts).truth


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        # Epidural steroid injection
        (ESI, {"pain_cause": "claudication"}, MET),
        (ESI, {"pain_cause": "radicular", "imaging_concordant": False}, NOT),
        (ESI, {"pain_cause": "claudication", "imaging_concordant": False}, NOT),
        (ESI, {"pain_cause": "post_laminectomy", "imaging_concordant": None}, MET),
        (ESI, {"pain_cause": "zoster", "imaging_concordant": None, "pain_weeks": 0}, MET),
        (ESI, {"pain_cause": "other"}, NOT),
        (ESI, {"pain_cause": "post_laminectomy", "pain_weeks": 3}, NOT),
        (ESI, {"pain_weeks": 4, "conservative_weeks": 4}, MET),
        (ESI, {"conservative_weeks": 3}, NOT),
        (ESI, {"conservative_care": ["none"], "conservative_weeks": None}, NOT),
        (ESI, {"conservative_care": ["not_tolerated"], "conservative_weeks": None}, MET),
        (ESI, {"pain_cause": "zoster", "conservative_care": ["none"], "conservative_weeks": None}, NOT),
        (ESI, {"pain_score": None}, OPEN),
        (ESI, {"function_scored": False}, NOT),
        (ESI, {"image_guidance": False}, NOT),
        (ESI, {"line.service": "SVC:ESI-TF1", "levels": 2}, MET),
        (ESI, {"line.service": "SVC:ESI-TF1", "levels": 3}, NOT),
        (ESI, {"line.service": "SVC:ESI-IL", "levels": 1}, MET),
        (ESI, {"line.service": "SVC:ESI-IL", "levels": 2}, NOT),
        (ESI, {**REPEAT, "history.sessions_12m_region": 3, "relief_percent": 50}, MET),
        (ESI, {**REPEAT, "history.sessions_12m_region": 4, "relief_percent": 50}, NOT),
        (ESI, {**REPEAT, "relief_percent": 49, "function_improved": False}, NOT),
        (ESI, {**REPEAT, "relief_percent": 49, "function_improved": True}, MET),
        (ESI, {**REPEAT, "relief_percent": 90, "relief_months": 2}, NOT),
        (ESI, {"line.units": 2}, NOT),
        # Knee and hip replacement
        *((joint, changes, expected) for joint in (TKA, THA) for changes, expected in (
            ({"kl_grade": 4}, MET),
            ({"kl_grade": 2}, OPEN),
            ({"kl_grade": 2, "advanced_equivalent": False}, NOT),
            ({"kl_grade": None, "advanced_equivalent": True}, MET),
            ({"pain_level": "moderate"}, MET),
            ({"pain_level": "mild"}, NOT),
            ({"function_score": None}, OPEN),
            ({"conservative_months": 2.9}, OPEN),
            ({"conservative_months": 2.9, "short_care_reason": "no_reason"}, NOT),
            ({"conservative_months": 0, "short_care_reason": "avascular_necrosis"}, MET),
            ({"conservative_months": 0, "short_care_reason": "fracture"}, MET),
            ({"conservative_months": 0, "short_care_reason": "tumor"}, MET),
            ({"neuropathic_joint": True}, NOT),
            ({"member.age": 15, "skeletally_mature": False}, NOT),
            ({"a1c": 7.9}, MET),
            ({"a1c": 8}, NOT),
            ({"line.place": "21"}, MET),
            ({"line.place": "24"}, MET),
            ({"line.place": "11"}, NOT),
        )),
        # Spinal cord stimulation
        (TRIAL, {"last_resort": False}, NOT),
        *((TRIAL, {f"tried_{kind}": "not_tried"}, NOT) for kind in ("medicine", "surgery", "physical", "psychological")),
        (TRIAL, {"tried_surgery": "failed"}, MET),
        (TRIAL, {"screening_done": False}, NOT),
        (TRIAL, {"substance_use": True}, NOT),
        (TRIAL, {"facilities_ready": False}, NOT),
        (PERM, {"trial_relief_percent": 50}, MET),
        (PERM, {"trial_relief_percent": 49, "trial_less_medicine": False}, NOT),
        (PERM, {"trial_relief_percent": 20, "trial_less_medicine": True}, MET),
        (PERM, {"trial_function_gain": False}, NOT),
        (PERM, {"trial_function_gain": None}, OPEN),
        (PERM, {"implant_kind": "replacement", "trial_relief_percent": None, "trial_function_gain": None}, MET),
        (PERM, {"screening_done": False}, NOT),
        # Lumbar fusion
        (FUSION, {"slip_grade": 1, "motion_mm": 2.9}, NOT),
        (FUSION, {"slip_grade": 1, "motion_mm": 3}, MET),
        *((FUSION, {"indications": [reason]}, MET) for reason in ("fracture", "tumor", "infection", "stenosis_instability")),
        (FUSION, {"indications": ["deformity"], "curve_degrees": 50}, MET),
        (FUSION, {"indications": ["deformity"], "curve_degrees": 49}, NOT),
        (FUSION, {"indications": ["pseudarthrosis"], "fusion_months_ago": 6}, MET),
        (FUSION, {"indications": ["pseudarthrosis"], "fusion_months_ago": 5}, NOT),
        (FUSION, {"indications": ["disc_herniation"]}, NOT),
        (FUSION, {"indications": ["disc_disease"]}, NOT),
        (FUSION, {"indications": ["disc_herniation"], "red_flags": ["cauda_equina"]}, NOT),
        (FUSION, {"conservative_months": 2.9}, NOT),
        (FUSION, {"therapy_weeks": 5}, NOT),
        (FUSION, {"nicotine_free": False}, NOT),
        *((FUSION, {"red_flags": [flag], "conservative_months": 0, "therapy_weeks": 0, "nicotine_free": False}, MET) for flag in RED_FLAGS),
        (FUSION, {"indications": ["fracture"], "conservative_months": 0, "therapy_weeks": 0, "nicotine_free": None}, MET),
        (FUSION, {"levels": 2}, NOT),
    ],
)  # fmt: skip
def test_what_the_sources_say(name: str, changes: dict[str, Any], expected: str) -> None:
    assert truth(name, **changes).value == expected


@pytest.mark.parametrize("name", [ESI, TKA, THA])
def test_active_infection_excludes_injection_and_arthroplasty_whatever_else(name: str) -> None:
    assert truth(name, active_infection=True) is Truth.NOT_MET
    assert truth(name, active_infection=None) is Truth.UNKNOWN


@pytest.mark.parametrize("name", [ESI, TKA, THA, TRIAL, PERM])
def test_warning_signs_let_off_fusion_alone(name: str) -> None:
    assert "red_flags" not in package(name).facts


@pytest.mark.parametrize("name", [TKA, THA])
def test_body_mass_is_never_a_gate(name: str) -> None:
    assert not [fact for fact in package(name).facts if "bmi" in fact or "weight" in fact]


@pytest.mark.parametrize(
    ("name", "units", "days"), [(ESI, 1, 60), (TKA, 1, 90), (THA, 1, 90), (TRIAL, 1, 90), (PERM, 1, 90), (FUSION, 1, 90)]
)  # fmt: skip
def test_how_much_a_rule_may_approve(name: str, units: int, days: int) -> None:
    assert package(name).on_met == ("approve", units, days)


def test_sessions_are_counted_by_region_in_a_rolling_year() -> None:
    assert package(ESI).history == {"history.sessions_12m_region": (("SVC:ESI-TF1", "SVC:ESI-IL"), 12, "region")}
