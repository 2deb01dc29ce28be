"""What became of the requests of the past days: who did what, so many hours ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .asks import BONES, INJECTION, JOINT, TRIAL

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One act: by whom (the name before the dot; `office` is who asked), how many hours ago."""

    act: str
    who: str
    ago: float
    words: str = ""
    outcomes: Mapping[int, str] = field(default_factory=dict)
    basis: str = "clinical"
    units: int = 0


@dataclass(frozen=True, kw_only=True)
class Story:
    """A request: what was asked, how many hours ago, and what was done."""

    title: str
    received: float
    asks: tuple[Row, ...]
    deeds: tuple[Deed, ...] = ()
    expedited: bool = False
    reason: str = ""


def _ask(key: str, diagnosis: str, place: str, facts: Row | None = None, units: int = 1) -> Row:
    return {"key": key, "diagnoses": [diagnosis], "place": place, "facts": facts or {}, "units": units}


def _without(facts: Row, *names: str) -> Row:
    return {key: value for key, value in facts.items() if key not in names}


def _take(who: str, ago: float) -> Deed:
    return Deed(act="take", who=who, ago=ago)


KNEE = _ask("SVC:TKA", "M17.12", "22", {"MSK-TKA": JOINT})
HIP = _ask("SVC:THA", "M16.11", "22", {"MSK-THA": JOINT})
SHOT = _ask("SVC:ESI-TF1", "M54.16", "11", {"MSK-ESI": INJECTION})
DEVICE = _ask("SVC:SCS-TRIAL", "G89.4", "24", {"MSK-SCS-TRIAL": TRIAL})
SHOT_OPEN = _ask("SVC:ESI-TF1", "M54.16", "11", {"MSK-ESI": _without(INJECTION, "imaging_concordant")})
SHOT_EARLY = _ask(
    "SVC:ESI-TF1", "M54.16", "11", {"MSK-ESI": {**INJECTION, "pain_weeks": "2", "conservative_weeks": "2"}}
)
KNEE_EARLY = _ask("SVC:TKA", "M17.12", "22", {"MSK-TKA": {**JOINT, "kl_grade": "2", "advanced_equivalent": "no"}})
HIP_SHORT = _ask(
    "SVC:THA", "M16.11", "22", {"MSK-THA": {**JOINT, "conservative_months": "1", "short_care_reason": "other"}}
)
FUSION = _ask("SVC:FUSION-L1", "M43.16", "21")
NURSE_HOME = _ask("SVC:HH-NURSE", "Z48.89", "12", units=24)
FEEDING = _ask("SVC:PN-HOME", "K91.2", "12", units=30)
BONE = _ask("SVC:DENOSUMAB", "M81.0", "11", {"DRUG-DENOSUMAB": BONES}, units=60)
VISIT = _ask("SVC:OV", "M54.16", "11")
THERAPY = _ask("SVC:EXER", "M54.16", "11", units=12)

WEEKS = (
    "The public Medicare text asks for four weeks of conservative care before an injection. The office note describes "
    "two weeks of exercise and no medicine."
)
GRADE = (
    "The X-ray report describes Kellgren-Lawrence grade 2, and imaging shows no advanced disease in another way. "
    "The public Medicare text asks for advanced joint disease."
)
FUSED = (
    "The request came without imaging and without a record of conservative care, and both were asked for. "
    "The public Medicare text asks for them before a fusion."
)

COMMON = (
    Story(title="Knee, approved by rule and told", received=400, asks=(KNEE,),
          deeds=(Deed(act="tell", who="intake", ago=380),)),
    Story(title="Injection, approved by rule", received=50, asks=(SHOT,)),
    Story(title="Trial of a stimulator, approved by rule", received=125, asks=(DEVICE,)),
    Story(title="Fusion, new", received=20, asks=(FUSION,), reason="Slipped vertebra with leg pain on both sides."),
    Story(title="Injection, new, a fact missing", received=3, asks=(SHOT_OPEN,)),
    Story(title="Injection, due soon", received=55, asks=(SHOT_OPEN,), expedited=True,
          reason="Pain keeps the patient from sleeping and walking; waiting could cost function for good."),
    Story(title="Hip, taken by a nurse", received=70, asks=(HIP_SHORT,), deeds=(_take("nurse", 40),)),
    Story(title="Knee, recommended to a physician", received=100, asks=(KNEE_EARLY,), deeds=(
        _take("nurse", 92),
        Deed(act="recommend", who="nurse", ago=90, outcomes={1: "not_certified"}, words="Grade 2 on the report of the X-ray; no other sign of advanced disease."),
    )),
    Story(title="Fusion, information asked for", received=90, asks=(FUSION,), deeds=(
        _take("nurse", 80),
        Deed(act="ask", who="nurse", ago=78, words="Please send the MRI report and the record of conservative care."),
    )),
    Story(title="Injection, sent back", received=48, asks=(SHOT_OPEN,), deeds=(
        Deed(act="send_back", who="intake", ago=40, words="Which level and side will be treated?"),
    )),
    Story(title="Fusion, information received", received=110, asks=(FUSION,), deeds=(
        _take("nurse2", 104),
        Deed(act="ask", who="nurse2", ago=103, words="Please send the MRI report."),
        Deed(act="answer", who="office", ago=60, words="The MRI report of last month is attached to the fax of today."),
    )),
    Story(title="Knee, denied and told", received=220, asks=(KNEE_EARLY,), deeds=(
        _take("nurse", 210),
        Deed(act="recommend", who="nurse", ago=205, outcomes={1: "not_certified"}, words="Grade 2."),
        _take("physician", 190),
        Deed(act="decide", who="physician", ago=188, outcomes={1: "not_certified"}, words=GRADE),
        Deed(act="tell", who="intake", ago=170),
    )),
    Story(title="Injection and fusion, partially approved", received=180, asks=(SHOT_OPEN, FUSION), deeds=(
        _take("physician", 150),
        Deed(act="decide", who="physician", ago=148, outcomes={1: "certified", 2: "not_certified"}, words=FUSED),
    )),
    Story(title="Hip, approved by a nurse", received=160, asks=(HIP_SHORT,), deeds=(
        _take("nurse", 150), Deed(act="decide", who="nurse", ago=149, outcomes={1: "certified"}),
        Deed(act="tell", who="intake", ago=130),
    )),
    Story(title="Injection, withdrawn", received=80, asks=(SHOT_EARLY,), deeds=(
        Deed(act="withdraw", who="office", ago=60, words="The patient is better and wants to wait."),
    )),
    Story(title="Injection, denied by a pain physician", received=130, asks=(SHOT_EARLY,), deeds=(
        _take("physician-pain", 100),
        Deed(act="decide", who="physician-pain", ago=98, outcomes={1: "not_certified"}, words=WEEKS),
    )),
)  # fmt: skip

_GENERAL = (
    Story(title="Home nursing, denied on administrative grounds", received=100, asks=(NURSE_HOME,), deeds=(
        _take("supervisor", 60),
        Deed(act="decide", who="supervisor", ago=58, outcomes={1: "not_certified"}, basis="administrative",
             words="The home health agency that was named has no contract with the plan, and one that has is near."),
    )),
    Story(title="Feeding through a vein, fewer units", received=120, asks=(FEEDING,), deeds=(
        _take("physician", 90),
        Deed(act="decide", who="physician", ago=88, outcomes={1: "modified"}, units=14,
             words="Two weeks are approved. The note plans a new look at feeding by mouth after two weeks."),
    )),
    Story(title="Visit, not required", received=30, asks=(VISIT,)),
)  # fmt: skip
OF_TENANT: dict[str, tuple[Story, ...]] = {
    "harborlight": (*_GENERAL, Story(title="Bone medicine, approved by rule", received=10, asks=(BONE,))),
    "pacific-grove": _GENERAL,
    "saguaro": _GENERAL,
    "copperline": _GENERAL,
    "empire-spine": (Story(title="Therapy, not required", received=30, asks=(THERAPY,)),),
}


def of_tenant(tenant: str) -> tuple[Story, ...]:
    """The stories of a tenant; the first ones are the same everywhere."""
    return (*COMMON, *OF_TENANT.get(tenant, ()))
