"""JSON text to plain Python and back, strictly.

Refused here: text that is no JSON, names used twice in one object, control characters, nesting beyond what any
resource needs, numbers out of range. Nothing here knows a resource type. Size limits belong to the door.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from forthwith.formats.fhir.problems import FhirProblems, Issue

DEEPEST = 100
_NAME = re.compile(rb'"\s*:')
_CONTROL = re.compile(rb"\\u00(?:0[0-8bcefBCEF]|1[0-9a-fA-F]|7[fF])")
_DECODER = msgspec.json.Decoder()
_ENCODER = msgspec.json.Encoder(decimal_format="number")

Object = dict[str, Any]


def decode(body: bytes) -> Object:
    """Return the JSON object in `body`; raise FhirProblems (malformed) for anything else."""
    try:
        document = _DECODER.decode(body)
    except UnicodeDecodeError:
        raise _malformed("The body is not UTF-8.") from None
    except msgspec.MsgspecError as wrong:
        raise _malformed(f"The body is not valid JSON: {wrong}.") from None
    except RecursionError:
        raise _malformed("The body is nested too deeply.") from None
    if not isinstance(document, dict):
        raise _malformed("The body must be one JSON object, a FHIR resource.")
    if _names_in(document) != _names_written(body):
        _refuse_repeated_names(body)
    if _CONTROL.search(body):
        _refuse_control_characters(document)
    return document


def encode(document: Any) -> bytes:
    """Return the JSON text; msgspec.Raw parts are copied as they are, Decimal becomes a JSON number."""
    return _ENCODER.encode(document)


def _malformed(why: str) -> FhirProblems:
    return FhirProblems([Issue("fatal", "structure", why)], malformed=True)


def _names_written(body: bytes) -> int:
    """Count the names of all objects in the text; a text inside a string may only make it more."""
    if any(gap in body for gap in (b" :", b"\n:", b"\t:", b"\r:")):
        return len(_NAME.findall(body))
    return body.count(b'":')


def _names_in(document: Object) -> int:
    """Count the names of all objects, level by level, so that depth costs no recursion."""
    count, depth = 0, 0
    level: list[Any] = [document]
    while level:
        depth += 1
        if depth > DEEPEST:
            raise _malformed(f"The body is nested more than {DEEPEST} levels deep.")
        count += sum([len(part) for part in level if type(part) is dict])
        level = [
            each
            for part in level
            for each in (part.values() if type(part) is dict else part)
            if type(each) is dict or type(each) is list
        ]
    return count


def _refuse_repeated_names(body: bytes) -> None:
    def once(pairs: list[tuple[str, Any]]) -> Object:
        seen: Object = {}
        for name, value in pairs:
            if name in seen:
                raise _malformed(f"The name {name[:60]!r} appears twice in one object.")
            seen[name] = value
        return seen

    json.loads(body, object_pairs_hook=once)


def _refuse_control_characters(document: Object) -> None:
    level: list[Any] = [document]
    while level:
        part = level.pop()
        if type(part) is dict:
            level += part.values()
            level += part.keys()
        elif type(part) is list:
            level += part
        elif type(part) is str and any(sign < " " and sign not in "\t\r\n" for sign in part):
            raise _malformed("A string holds a control character.")
