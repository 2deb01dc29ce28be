"""supportingInfo of a request: answers to questionnaires, inline documents, dates and messages, to values."""

from __future__ import annotations

import base64
import binascii
from decimal import Decimal
from typing import Any

from forthwith.formats.fhir.pas import parts, urls
from forthwith.formats.fhir.pas.values import Answered, Answers, Coding, Document, Information
from forthwith.formats.fhir.problems import Findings
from forthwith.formats.fhir.references import Entry, Index

Object = dict[str, Any]


def information(element: Object, claim: Entry, index: Index, path: str, findings: Findings) -> Information:
    """Read one supportingInfo and the resource that it points to."""
    target = element.get("valueReference", {}).get("reference")
    entry = index.find(target, source=claim) if target else None
    answers, documents = None, list[Document]()
    if entry is not None and entry.kind == "QuestionnaireResponse":
        answers = answers_of(entry, findings)
    elif entry is not None and entry.kind == "DocumentReference":
        documents = _documents(entry, element, findings)
    if "valueAttachment" in element:
        documents += _attached(element["valueAttachment"], f"{path}.valueAttachment", element, (), path, findings)
    return Information(
        sequence=element["sequence"],
        category=parts.code(element["category"]),
        when=parts.timing(element, "timing", path, findings),
        message=element.get("valueString", ""),
        answers=answers,
        documents=tuple(documents),
        resource=entry.full_url if entry else "",
    )


def answers_of(entry: Entry, findings: Findings) -> Answers:
    """Flatten a QuestionnaireResponse: linkId to values; items under an answer are read like items under an item."""
    values: dict[str, tuple[Answered, ...]] = {}
    waiting: list[tuple[Object, str]] = [(entry.resource, entry.expression)]
    while waiting:
        holder, path = waiting.pop()
        for place, question in enumerate(holder.get("item", ())):
            where = f"{path}.item[{place}]"
            given = [
                _answered(each, f"{where}.answer[{n}]", findings) for n, each in enumerate(question.get("answer", ()))
            ]
            known = tuple(value for value in given if value is not None)
            if known and "linkId" not in question:
                findings.error("required", "An answered item needs its linkId.", f"{where}.linkId")
            elif known:
                values[question["linkId"]] = values.get(question["linkId"], ()) + known
            waiting.append((question, where))
            waiting += [(each, f"{where}.answer[{n}]") for n, each in enumerate(question.get("answer", ()))]
    resource = entry.resource
    questionnaire, status = resource.get("questionnaire", ""), resource.get("status", "")
    return Answers(entry.full_url, questionnaire, status, values, entry.expression)


def _answered(answer: Object, path: str, findings: Findings) -> Answered | None:
    for name, value in answer.items():
        if name in ("valueBoolean", "valueInteger", "valueString", "valueUri", "valueTime"):
            plain: bool | int | str = value
            return plain
        if name == "valueDecimal":
            return Decimal(str(value))
        if name in ("valueDate", "valueDateTime"):
            return parts.day(value, f"{path}.{name}", findings)
        if name == "valueCoding":
            return Coding(value["code"], value.get("system", "")) if "code" in value else value.get("display")
        if name == "valueQuantity":
            return parts.quantity(value)
        if name in ("valueAttachment", "valueReference"):
            findings.warn("not-supported", "An answer of this type is not read as a fact.", f"{path}.{name}")
    return None


def _documents(entry: Entry, element: Object, findings: Findings) -> list[Document]:
    types = parts.codings(entry.resource.get("type"))
    found: list[Document] = []
    for place, content in enumerate(entry.resource["content"]):
        path = f"{entry.expression}.content[{place}].attachment"
        found += _attached(content["attachment"], path, element, types, entry.full_url, findings)
    return found


def _attached(
    attachment: Object,
    path: str,
    element: Object,
    types: tuple[Coding, ...],
    reference: str,
    findings: Findings,
) -> list[Document]:
    if "data" not in attachment:
        findings.warn("not-supported", "A document without inline data is not read; none is fetched.", path)
        return []
    try:
        content = base64.b64decode("".join(attachment["data"].split()), validate=True)
    except (binascii.Error, ValueError):
        findings.error("value", "The attachment's data is not base64.", f"{path}.data")
        return []
    number = parts.extension(parts.extension(element, urls.DOCUMENT_INFORMATION), "controlNumber").get(
        "valueString", ""
    )
    kind, title = attachment.get("contentType", ""), attachment.get("title", "")
    return [Document(reference, content, kind, title, types, number)]
