"""A request with one thing changed is read, or refused with its place: never anything else, and nothing is repeated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forthwith.formats.fhir import pas
from forthwith.formats.fhir.problems import FhirProblems
from tests.formats.mutations import changed, mutations

HERE = Path(__file__).parent / "fhir"
EVERY = 7  # about 2,000 of each; no multiple of the number of values, so that each path meets several


@pytest.mark.parametrize("name", ["request-injection", "guide-referral", "guide-homecare-update", "guide-surgical"])
def test_one_thing_changed_is_read_or_refused_with_its_place(name: str) -> None:
    document = json.loads((HERE / f"{name}.json").read_text())
    read = refused = 0
    for path, value in mutations(document, every=EVERY):
        sent = json.dumps(changed(document, path, value)).encode()
        try:
            pas.read_request(sent)
            read += 1
        except FhirProblems as problems:
            refused += 1
            _check(problems, value, (path, value))
    assert read > 100 and refused > 100


def _check(problems: FhirProblems, value: object, about: object) -> None:
    assert problems.issues, about
    for issue in problems.issues:
        assert issue.severity in ("error", "fatal"), about
        assert issue.code and issue.diagnostics and issue.expression, about
        if isinstance(value, str) and len(value) > 5:
            assert value not in issue.diagnostics + issue.expression, about
