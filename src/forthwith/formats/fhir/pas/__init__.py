"""Da Vinci Prior Authorization Support 2.2.1 (hl7.fhir.us.davinci-pas, CC0): request and response Bundles.

`read_request` turns a request Bundle into a `PasRequest`; `write_response` turns a `PasAnswer` into a response
Bundle. The codes of outcomes are given by the caller; what they mean for a request is no business of this room.
"""

from __future__ import annotations

from forthwith.formats.fhir.pas.answers import Asked, Authorized, Line, Note, PasAnswer, Rejection, Reviewer
from forthwith.formats.fhir.pas.reading import read_request
from forthwith.formats.fhir.pas.values import PasRequest
from forthwith.formats.fhir.pas.writing import write_response

__all__ = [
    "Asked",
    "Authorized",
    "Line",
    "Note",
    "PasAnswer",
    "PasRequest",
    "Rejection",
    "Reviewer",
    "read_request",
    "write_response",
]
