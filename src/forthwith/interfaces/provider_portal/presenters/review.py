"""What a draft asks beside its lines, in words, for the last look before it is sent."""

from __future__ import annotations

from forthwith.apps.authorizations.previewing import Preview
from forthwith.domain.words import Timing, Urgency
from forthwith.interfaces.provider_portal.drafting import Document
from forthwith.interfaces.provider_portal.forms import PLACES

URGENCIES = {Urgency.STANDARD: "Standard", Urgency.EXPEDITED: "Expedited"}
TIMINGS = {
    Timing.PRE_SERVICE: "Not started yet",
    Timing.CONCURRENT: "Under way now",
    Timing.POST_SERVICE: "Already given",
}


def review_facts(document: Document, preview: Preview) -> list[tuple[str, str]]:
    """Label and words; what was left open says so."""
    names = preview.providers
    facts = [
        ("Diagnoses", ", ".join(document["diagnoses"]) or "None yet"),
        ("Performing provider", _named(names, document["practitioner_npi"], "Not chosen")),
        ("Where", dict(PLACES).get(document["place"], "Not chosen")),
        ("Facility", _named(names, document["facility_npi"], "No facility")),
        ("How soon", URGENCIES[Urgency(document["urgency"])]),
        ("When", TIMINGS[Timing(document["timing"])]),
        ("Plan", preview.plan_name or "Not known"),
    ]
    if document["urgency"] == Urgency.EXPEDITED and document["attested_by"]:
        facts.append(("Statement by", document["attested_by"]))
    if document["clinical_reason"]:
        facts.append(("In your words", document["clinical_reason"]))
    return facts


def _named(names: dict[str, str], npi: str, otherwise: str) -> str:
    if not npi:
        return otherwise
    return f"{names[npi]}, NPI {npi}" if npi in names else f"NPI {npi}"
