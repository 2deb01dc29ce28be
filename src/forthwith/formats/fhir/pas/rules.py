"""What the PAS 2.2.1 profiles ask of a request beyond R4, as data: one row for each element.

A row is an error where the profile's cardinality or invariant says SHALL and we could not answer without it, and a
warning where the guide's own published examples, or senders who are otherwise clear, leave the element out.
"""

from __future__ import annotations

from typing import Any

import msgspec

from forthwith.formats.fhir.pas import urls
from forthwith.formats.fhir.problems import Findings


class Rule(msgspec.Struct, frozen=True):
    """One of `names` must be there (and equal `fixed`, when that is given); or the extension `url` must.

    With `refused` nothing is asked for, but the value may be none of these: a modifier that turns the meaning round.
    """

    names: tuple[str, ...] = ()
    url: str = ""
    fixed: str | bool | None = None
    strict: bool = True
    refused: tuple[str | bool, ...] = ()


BUNDLE = (
    Rule(("identifier",)),
    Rule(("type",), fixed="collection"),
    Rule(("timestamp",)),
    Rule(("entry",)),
)
CLAIM = (
    Rule(("identifier",)),
    Rule(("status",), fixed="active"),
    Rule(("use",), fixed="preauthorization"),
    Rule(("created",)),
    Rule(("insurer",)),
    Rule(("insurance",)),
)
IDENTIFIER = (Rule(("value",)), Rule(("system",), strict=False))
INSURANCE = (Rule(("sequence",)), Rule(("coverage",)))
CARE_TEAM = (Rule(("sequence",)), Rule(("provider",)), Rule(url=urls.CARE_TEAM_SCOPE, strict=False))
DIAGNOSIS = (Rule(("sequence",)), Rule(("diagnosisCodeableConcept", "diagnosisReference")))
INFORMATION = (Rule(("sequence",)), Rule(("category",)))
ITEM = (
    Rule(("sequence",)),
    Rule(url=urls.REQUEST_TYPE),
    Rule(url=urls.CERTIFICATION_TYPE),
    Rule(("category",)),
    Rule(("productOrService",)),
    Rule(("locationCodeableConcept", "locationAddress", "locationReference"), strict=False),
)
PATIENT = (Rule(("identifier",), strict=False), Rule(("name",)), Rule(("gender",), strict=False))
COVERAGE = (
    Rule(("identifier",), strict=False),
    Rule(("status",), fixed="active"),
    Rule(("beneficiary",)),
    Rule(("payor",)),
    Rule(("relationship",), strict=False),
)
ORGANIZATION = (Rule(("name",)), Rule(("active",), strict=False))
PRACTITIONER = (Rule(("identifier",), strict=False), Rule(("name",), strict=False))
MODIFIERS = (urls.INFO_CANCELLED,)
_IN_ERROR = Rule(("status",), refused=("entered-in-error",))
_ORDER = (Rule(("status",), refused=("entered-in-error", "revoked")), Rule(("doNotPerform",), refused=(True,)))
BY_TYPE: dict[str, tuple[Rule, ...]] = {
    "QuestionnaireResponse": (_IN_ERROR,),
    "DocumentReference": (_IN_ERROR, Rule(("docStatus",), refused=("entered-in-error",))),
    "ServiceRequest": _ORDER,
    "DeviceRequest": _ORDER,
    "MedicationRequest": _ORDER,
    "NutritionOrder": _ORDER,
    "Patient": PATIENT,
    "Coverage": COVERAGE,
    "Organization": ORGANIZATION,
    "Practitioner": PRACTITIONER,
}


def apply(rules: tuple[Rule, ...], element: dict[str, Any], expression: str, findings: Findings) -> None:
    """Add to `findings` each of `rules` that `element` breaks."""
    for rule in rules:
        if rule.url:
            if not _has_extension(element, rule.url):
                where = f"{expression}.extension('{rule.url}')"
                _say(rule, "required", "The extension is required by the PAS profile.", where, findings)
            continue
        value = next((element[name] for name in rule.names if name in element), None)
        where = f"{expression}.{rule.names[0]}"
        if rule.refused:
            if value in rule.refused:
                findings.error("value", f"{rule.names[0]} {value!r} says that this does not count.", where)
        elif value is None or value == []:
            _say(
                rule,
                "required",
                f"{' or '.join(rule.names)} is required by the PAS profile.",
                where,
                findings,
            )
        elif rule.fixed is not None and value != rule.fixed:
            _say(rule, "value", f"{rule.names[0]} must be {rule.fixed!r}.", where, findings)


def may_modify(body: bytes) -> bool:
    """Tell quickly whether a modifier extension may stand in the text."""
    return b"modifierExtension" in body or b"implicitRules" in body or b"\\u" in body


def refuse_modifiers(resource: dict[str, Any], expression: str, findings: Findings) -> None:
    """Refuse modifier extensions that we do not know: they may turn what is said into its opposite (R4, 2.4.1)."""
    waiting: list[tuple[Any, str]] = [(resource, expression)]
    while waiting:
        part, path = waiting.pop()
        if type(part) is list:
            waiting += [(value, f"{path}[{place}]") for place, value in enumerate(part)]
        elif type(part) is dict:
            waiting += [(value, f"{path}.{name}") for name, value in part.items()]
            if "implicitRules" in part:
                findings.error(
                    "not-supported", "Rules that are not known here cannot be followed.", f"{path}.implicitRules"
                )
            found = part.get("modifierExtension", ())
            if any(each.get("url") not in MODIFIERS for each in found if type(each) is dict):
                why = "A modifier extension that is not known here cannot be passed over."
                findings.error("extension", why, f"{path}.modifierExtension")


def apply_each(rules: tuple[Rule, ...], element: dict[str, Any], name: str, path: str, findings: Findings) -> None:
    """Apply `rules` to each part of the list `name` of `element`."""
    for place, part in enumerate(element.get(name, ())):
        apply(rules, part, f"{path}.{name}[{place}]", findings)


def _say(rule: Rule, code: str, why: str, where: str, findings: Findings) -> None:
    (findings.error if rule.strict else findings.warn)(code, why, where)


def _has_extension(element: dict[str, Any], url: str) -> bool:
    return any(each["url"] == url for each in element.get("extension", ()) if "url" in each)
