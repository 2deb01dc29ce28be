"""A stranger to the product: drives a running server by what `forthwith sample describe` prints, and by nothing else.

Only the standard library, and nothing of ours: it knows the printed JSON, HTTP, RFC 6238 and the PAS guide.

    forthwith sample describe >world.json && python tests/journeys/outside.py world.json
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import re
import struct
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

World = dict[str, Any]
GUIDE = "http://hl7.org/fhir/us/davinci-pas"
X12 = "https://codesystem.x12.org/005010"
REDIRECTS = 5


class Wrong(Exception):
    """The product did not do what the JSON promises."""


class Visitor:
    """One browser without a screen: connects where the JSON says, sends the portal as Host, keeps cookies."""

    def __init__(self, world: World, portal: str) -> None:
        self.portal = next(one for one in world["portals"] if one["key"] == portal)
        self._host = urlsplit(self.portal["url"]).netloc
        self._link = http.client.HTTPConnection(world["connect"]["host"], world["connect"]["port"], timeout=60)
        self.cookies: dict[str, str] = {}

    def close(self) -> None:
        """Hang up."""
        self._link.close()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes, Any]:
        """One exchange: status, body, headers."""
        sent = {"Host": self._host, **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._link.request(method, path, body, sent)
        answer = self._link.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read(), answer.headers

    def page(self, path: str) -> str:
        """The page at the end of the redirects."""
        for _ in range(REDIRECTS):
            status, body, headers = self.ask("GET", path)
            if status in (301, 302, 303):
                path = urlsplit(headers["Location"])._replace(scheme="", netloc="").geturl()
                continue
            if status != 200:
                raise Wrong(f"GET {path} at {self._host}: {status}")
            return body.decode()
        raise Wrong(f"{path} at {self._host} leads in a circle")

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Send the form of this page with its token; where it leads."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page(path))
        if not found:
            raise Wrong(f"{path} has no form")
        body = urlencode({**fields, "csrfmiddlewaretoken": found.group(1)}).encode()
        origin = f"http://{self._host}"
        form = "application/x-www-form-urlencoded"
        status, _, headers = self.ask("POST", path, body, **{"Content-Type": form, "Origin": origin, "Referer": origin})
        if status != 302:
            raise Wrong(f"POST {path} at {self._host}: {status}")
        return str(headers["Location"])

    def sign_in(self, world: World, person: World) -> str:
        """By password and code; the page where one lands."""
        recipe = world["sign_in"]
        fields = {recipe["username_field"]: person["username"], recipe["password_field"]: person["password"]}
        if self.post(recipe["path"], fields) != recipe["code_path"]:
            raise Wrong(f"{person['username']}: the password is not taken")
        landing = self.post(recipe["code_path"], {recipe["code_field"]: totp(person["totp_secret"])})
        if landing.startswith(recipe["path"]):
            raise Wrong(f"{person['username']}: the code is not taken")
        return self.page(landing)


def totp(secret: str) -> str:
    """The code of the moment (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def code(system: str, value: str) -> World:
    return {"coding": [{"system": system, "code": value}]}


def bundle(world: World, service: World) -> World:
    """A PAS request for one service, for the member, practice and clinician that the JSON names with it."""
    member = next(one for one in world["members"] if one["number"] == service["member"])
    plan = next(one for one in world["plans"] if one["key"] == service["plan"])
    names = ("claim", "member", "plan", "practice", "coverage", "doctor")
    at = {name: f"urn:uuid:{uuid.uuid4()}" for name in names}
    npi = {"system": "http://hl7.org/fhir/sid/us-npi"}
    practice = next(one for one in world["organizations"] if one["npi"] == service["organization_npi"])
    doctor = next(one for one in world["practitioners"] if one["npi"] == service["practitioner_npi"])
    said: dict[str, World] = {
        "claim": _claim(service, at),
        "member": {
            "resourceType": "Patient", "gender": {"F": "female", "M": "male"}.get(member["sex"], "unknown"),
            "identifier": [{"type": code("http://terminology.hl7.org/CodeSystem/v2-0203", "MB"), "value": member["number"]}],
            "name": [{"family": member["last_name"], "given": [member["first_name"]]}], "birthDate": member["birth_on"],
        },
        "plan": {"resourceType": "Organization", "active": True, "name": plan["name"], "identifier": [{"value": plan["payer_id"]}]},
        "practice": {"resourceType": "Organization", "active": True, "name": practice["name"], "identifier": [{**npi, "value": service["organization_npi"]}]},
        "coverage": {
            "resourceType": "Coverage", "status": "active", "subscriberId": member["number"],
            "beneficiary": {"reference": at["member"]}, "payor": [{"reference": at["plan"]}],
        },
        "doctor": {
            "resourceType": "Practitioner", "identifier": [{**npi, "value": doctor["npi"]}],
            "name": [{"family": doctor["last_name"], "given": [doctor["first_name"]]}],
        },
    }  # fmt: skip
    answers = list(_answers(service, at["member"]))
    entries = [{"fullUrl": at[name], "resource": resource} for name, resource in said.items()]
    for number, answered in enumerate(answers, start=1):
        address = f"urn:uuid:{uuid.uuid4()}"
        entries.append({"fullUrl": address, "resource": answered})
        said["claim"]["supportingInfo"].append({
            "sequence": number, "category": code(f"{GUIDE}/CodeSystem/PASTempCodes", "additionalInformation"),
            "valueReference": {"reference": address},
        })  # fmt: skip
    return {
        "resourceType": "Bundle", "type": "collection", "timestamp": f"{date.today().isoformat()}T12:00:00Z",  # noqa: DTZ011
        "identifier": {"system": "urn:example:outside", "value": str(uuid.uuid4())}, "entry": entries,
    }  # fmt: skip


def _claim(service: World, at: dict[str, str]) -> World:
    soon = date.today() + timedelta(days=10)  # noqa: DTZ011
    item = {
        "sequence": 1, "extension": [
            {"url": f"{GUIDE}/StructureDefinition/extension-serviceItemRequestType", "valueCodeableConcept": code(f"{X12}/1525", "HS")},
            {"url": f"{GUIDE}/StructureDefinition/extension-certificationType", "valueCodeableConcept": code(f"{X12}/1322", "I")},
        ],
        "careTeamSequence": [1], "diagnosisSequence": [1], "category": code(f"{X12}/1365", "3"),
        "productOrService": {"coding": [service["coding"]]}, "servicedDate": soon.isoformat(),
        "locationCodeableConcept": code("https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set", service["place"]),
        "quantity": {"value": service["units"]},
    }  # fmt: skip
    return {
        "resourceType": "Claim", "identifier": [{"system": "urn:example:outside", "value": str(uuid.uuid4())}], "status": "active", "use": "preauthorization", "created": date.today().isoformat(),  # noqa: DTZ011
        "type": code("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
        "priority": code("http://terminology.hl7.org/CodeSystem/processpriority", "normal"),
        "patient": {"reference": at["member"]}, "insurer": {"reference": at["plan"]},
        "provider": {"reference": at["practice"]}, "supportingInfo": [],
        "careTeam": [{
            "sequence": 1, "provider": {"reference": at["doctor"]},
            "extension": [{"url": f"{GUIDE}/StructureDefinition/extension-careTeamClaimScope", "valueBoolean": True}],
        }],
        "diagnosis": [
            {"sequence": number, "diagnosisCodeableConcept": code("http://hl7.org/fhir/sid/icd-10-cm", one)}
            for number, one in enumerate(service["diagnoses"], start=1)
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": at["coverage"]}}], "item": [item],
    }  # fmt: skip


def _answers(service: World, member: str) -> Iterator[World]:
    for package, facts in service["facts"].items():
        items = [
            {"linkId": key, "answer": [{"valueString": one} for one in (value if isinstance(value, list) else [value])]}
            for key, value in facts.items()
        ]
        yield {
            "resourceType": "QuestionnaireResponse", "status": "completed", "subject": {"reference": member},
            "questionnaire": service["questionnaires"][package], "item": items,
        }  # fmt: skip


def check_people(world: World, people: list[World]) -> Iterator[str]:
    """Each signs in and sees the first page that is theirs; coordinators and nurses then walk through their door."""
    walked = set()
    for person in people:
        role = person["roles"][0]
        with closing(Visitor(world, person["portal"])) as visitor:
            try:
                visitor.sign_in(world, person)
                if (person["portal"], role) not in walked and role in WALKS:
                    yield from WALKS[role](visitor)
                walked.add((person["portal"], role))
            except Wrong as wrong:
                yield f"{person['username']}: {wrong}"


def check_clients(world: World) -> Iterator[str]:
    """Each token opens the door where the JSON says it does, and none opens it without."""
    for client in world["clients"]:
        door = urlsplit(client["token"]["url"]).path + "/Claim/$submit"
        name, _, value = client["token"]["header"].partition(": ")
        kind = {"Content-Type": "application/fhir+json"}
        with closing(Visitor(world, client["portal"])) as visitor:
            if visitor.ask("POST", door, b"{}", **kind)[0] != 401:
                yield f"{client['key']}: the door is open without a token"
            if visitor.ask("POST", door, b"{}", **kind, **{name: value})[0] == 401:
                yield f"{client['key']}: the token opens nothing"


def check_services(world: World) -> Iterator[str]:
    """Each leads to the answer it promises, as often as it says, and the office then sees it."""
    for service in world["services"]:
        for _ in range(3 if service["repeats"] else 1):
            told = submit(world, service)
            if told != service["expected"]:
                yield f"{service['portal']} {service['key']}: {told}, not {service['expected']} ({service['why']})"


def submit(world: World, service: World) -> str:
    """The status of the answer, or what came instead."""
    client = next(one for one in world["clients"] if one["key"] == service["client"])
    name, _, value = client["token"]["header"].partition(": ")
    door, sent = urlsplit(client["token"]["url"]).path + "/Claim/$submit", json.dumps(bundle(world, service)).encode()
    with closing(Visitor(world, service["portal"])) as visitor:
        status, body, _ = visitor.ask("POST", door, sent, **{"Content-Type": "application/fhir+json", name: value})
    if status != 200:
        return f"{status} {body[:300].decode('utf-8', 'replace')}"
    answer = json.loads(body)["entry"][0]["resource"]
    return str(answer.get("disposition") or answer.get("error"))


def walk_office(visitor: Visitor) -> Iterator[str]:
    """From the list to an authorization and its letter, to a new request and to what was begun."""
    yield from _walk(visitor, "/authorizations/", r'href="(/authorizations/[A-Z0-9-]+/)"', r'href="([^"]+\.pdf)"')
    visitor.page("/requests/new/")
    begun = re.findall(r'href="(/requests/[0-9a-f-]{36}/)"', visitor.page("/"))
    for draft in begun:
        visitor.page(draft)
    if len(begun) < 2:
        yield f"{visitor.portal['key']}: {len(begun)} drafts at home"


def walk_desk(visitor: Visitor) -> Iterator[str]:
    """From the worklist to a case."""
    yield from _walk(visitor, urlsplit(visitor.portal["desk_url"]).path, r'href="(/desk/cases/[A-Z0-9-]+/)"', None)


def _walk(visitor: Visitor, listed: str, one: str, letter: str | None) -> Iterator[str]:
    page = visitor.page(listed)
    for asset in sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))):
        status, body, _ = visitor.ask("GET", unescape(asset).split("#")[0])
        if status != 200 or not body:
            yield f"{asset}: {status}"
    found = list(dict.fromkeys(re.findall(one, page)))[:5]
    if not found:
        yield f"{visitor.portal['key']}: {listed} lists nothing"
    letters = [path for address in found for path in re.findall(letter or "$^", visitor.page(address))]
    if letter and not letters:
        yield f"{visitor.portal['key']}: no letter on the first pages of {listed}"
    for path in letters[:2]:
        status, body, headers = visitor.ask("GET", path)
        if (status, headers["Content-Type"], body[:5]) != (200, "application/pdf", b"%PDF-"):
            yield f"{path}: {status} {headers['Content-Type']}"


WALKS = {"coordinator": walk_office, "nurse": walk_desk}


def check(world: World, *, people: list[World] | None = None) -> list[str]:
    """Everything that does not hold."""
    return [
        *check_clients(world), *check_services(world),
        *check_people(world, world["people"] if people is None else people),
    ]  # fmt: skip


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        findings = check(json.load(file))
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)
