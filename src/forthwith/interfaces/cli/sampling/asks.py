"""Services with the facts that lead to each answer."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
INJECTION = {
    "region": "lumbar", "pain_cause": "radicular", "pain_weeks": "7", "pain_score": "8", "function_scored": "yes",
    "active_infection": "no", "imaging_concordant": "yes", "conservative_care": ["therapy", "medicine"],
    "conservative_weeks": "6", "image_guidance": "yes", "levels": "1", "sessions_12m": "0",
}  # fmt: skip
JOINT = {
    "pain_level": "severe", "function_score": "42", "kl_grade": "3", "conservative_months": "5",
    "active_infection": "no", "neuropathic_joint": "no", "diabetes": "no",
}  # fmt: skip
TRIAL = {
    "chronic_pain": "yes", "last_resort": "yes", "tried_medicine": "failed", "tried_physical": "failed",
    "tried_surgery": "unsuitable", "tried_psychological": "failed", "screening_done": "yes", "substance_use": "no",
    "facilities_ready": "yes",
}  # fmt: skip
BONES = {"t_score": "-3.1", "fragility_fracture": "no", "low_calcium": "no", "advanced_kidney_disease": "no"}

APPROVED, RECEIVED, NOT_REQUIRED = "Approved", "Received", "Submission not required"


def _ask(
    service: str, expected: str, diagnosis: str, place: str, *, facts: Row | None = None, units: int = 1,
    why: str, repeats: bool = True,
) -> Row:  # fmt: skip
    return {
        "key": service, "expected": expected, "diagnoses": [diagnosis], "place": place, "facts": facts or {},
        "units": units, "why": why, "repeats": repeats,
    }  # fmt: skip


EVERYWHERE = (
    _ask("SVC:ESI-TF1", APPROVED, "M54.16", "11", facts={"MSK-ESI": INJECTION}, repeats=False,
         why="Every criterion is met; a second session within 12 months needs facts about the first"),
    _ask("SVC:TKA", APPROVED, "M17.12", "22", facts={"MSK-TKA": JOINT}, why="Every criterion is met"),
    _ask("SVC:THA", APPROVED, "M16.11", "22", facts={"MSK-THA": JOINT}, why="Every criterion is met"),
    _ask("SVC:SCS-TRIAL", APPROVED, "G89.4", "24", facts={"MSK-SCS-TRIAL": TRIAL}, why="Every criterion is met"),
    _ask("SVC:ESI-TF1", RECEIVED, "M54.16", "11", why="A person reviews it: a deciding fact is missing",
         facts={"MSK-ESI": {k: v for k, v in INJECTION.items() if k != "imaging_concordant"}}),
    _ask("SVC:TKA", RECEIVED, "M17.12", "22", facts={"MSK-TKA": {**JOINT, "kl_grade": "2", "advanced_equivalent": "no"}},
         why="A person reviews it: a criterion is not met, and a rule never denies"),
    _ask("SVC:FUSION-L1", RECEIVED, "M43.16", "21", why="A person reviews it: no facts were given"),
)  # fmt: skip
_VISIT = _ask("SVC:OV", NOT_REQUIRED, "M54.16", "11", why="The plan asks for no authorization in its network")
_THERAPY = _ask("SVC:EXER", NOT_REQUIRED, "M54.16", "11", why="The plan asks for no authorization", units=12)
_DRUG = _ask("SVC:DENOSUMAB", APPROVED, "M81.0", "11", facts={"DRUG-DENOSUMAB": BONES}, units=60,
             why="Every criterion is met")  # fmt: skip
_HEART = _ask("SVC:CABG", RECEIVED, "I25.10", "21", why="A person reviews it: the service has no criteria of its own")
_FEEDING = _ask("SVC:PN-HOME", RECEIVED, "K91.2", "12", units=30, why="A person reviews it: the service has no criteria of its own")  # fmt: skip

OF_TENANT: dict[str, tuple[Row, ...]] = {
    "harborlight": (_VISIT, _THERAPY, _DRUG, _HEART, _FEEDING),
    "pacific-grove": (
        _VISIT, _HEART,
        _ask("SVC:CONSULT", RECEIVED, "M54.16", "11", why="A first visit with a specialist needs a referral"),
        _ask("SVC:DENOSUMAB", RECEIVED, "M81.0", "11", facts={"DRUG-DENOSUMAB": BONES}, units=60,
             why="Another payer decides, and the line says whom to ask: its outcome is contact_payer"),
    ),
    "saguaro": (_VISIT, _THERAPY, _DRUG, _HEART),
    "copperline": (_VISIT, _DRUG, _HEART, _FEEDING),
    "empire-spine": (
        _THERAPY,
        _ask("SVC:DENOSUMAB", RECEIVED, "M81.0", "11", facts={"DRUG-DENOSUMAB": BONES}, units=60,
             why="Another payer decides, and the line says whom to ask: its outcome is contact_payer"),
    ),
}  # fmt: skip


def of_tenant(tenant: str) -> tuple[Row, ...]:
    """The asks of a tenant, those that are the same everywhere first."""
    return (*EVERYWHERE, *OF_TENANT.get(tenant, ()))
