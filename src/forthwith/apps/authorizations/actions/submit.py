"""Asking: a request is read, weighed by the plan's rules, stored, and answered in one call.

The same request gets the same answer through every door. Asking twice under one
key is asking once. SQL: see `SQL_STATEMENTS`; a test holds it to that number.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from forthwith.apps.audit import actions as audit
from forthwith.apps.audit.actions import Happening
from forthwith.apps.directory import queries as directory
from forthwith.apps.directory.queries import MemberFound, ProviderFound
from forthwith.apps.identity.actors import Actor, rules_of
from forthwith.apps.keys import new_key
from forthwith.apps.letters import actions as letters
from forthwith.apps.sql import Part, json_text, one, read_json, run_together
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.lifecycle import Act, move_for
from forthwith.domain.numbers import make_number
from forthwith.domain.outcomes import roll_up, status_of
from forthwith.domain.permissions import Permission
from forthwith.domain.words import Outcome, State

from .. import notices, queries
from ..answering import Answered, answered
from ..asking import Asked, AskRefused, KeyReused
from ..drawing import drawing
from ..reading import Read, day_of, npis_of, read_with
from ..reference import Reference, reference
from ..weighing import PastCare, Weighed, requirement_document, weigh

#: Inside the transaction: scope; one reading; one writing.
SQL_STATEMENTS = 3

_BEFORE = f"""
SELECT t.revision,
 (SELECT jsonb_build_array(s.authorization_id, s.digest) FROM authorizations_submission s
   WHERE s.tenant_id = t.id AND s.asker = %(asker)s AND s.key = %(key)s),
 (SELECT coalesce(jsonb_agg(jsonb_build_array(h.service, h.region, h.units, h.from_on)), '[]') FROM (
   SELECT l.service, l.region, sum(l.units_approved) AS units, l.approved_from AS from_on
   FROM authorizations_line l JOIN directory_member m ON m.id = l.member_id
   WHERE %(counted)s::text[] <> '{{}}' AND l.service = ANY (%(counted)s::text[])
     AND m.tenant_id = t.id AND m.number = %(number)s AND l.outcome IN ('certified', 'modified')
     AND l.approved_from > %(since)s
   GROUP BY l.service, l.region, l.approved_from) h),
{directory.FOR_REQUEST}
FROM tenancy_tenant t WHERE t.id = %(tenant)s
"""
_AUTHORIZATION = """INSERT INTO authorizations_authorization
 SELECT * FROM jsonb_populate_record(NULL::authorizations_authorization, %(authorization)s::jsonb) RETURNING id"""
_LINES = """INSERT INTO authorizations_line
 SELECT * FROM jsonb_populate_recordset(NULL::authorizations_line, %(lines)s::jsonb)"""
_DETERMINATIONS = """INSERT INTO authorizations_determination
 SELECT * FROM jsonb_populate_recordset(NULL::authorizations_determination, %(determinations)s::jsonb)"""
_NOTICES = """INSERT INTO authorizations_noticegiven
 SELECT * FROM jsonb_populate_recordset(NULL::authorizations_noticegiven, %(notices)s::jsonb)"""
_SUBMISSION = """INSERT INTO authorizations_submission (id, tenant_id, asker, key, digest, authorization_id, at)
 SELECT %(submission)s, %(tenant)s, %(asker)s, %(key)s, %(digest)s, a.id, %(at)s FROM a"""


def submit(*, asked: Asked, by: Actor, at: datetime) -> Answered:
    """Take the request and answer it.

    Raises PermissionMissing, AskRefused (with every problem) and KeyReused; then nothing is stored.
    """
    by.need(Permission.REQUEST_SUBMIT)
    return drawing(lambda: _submit(asked, by, at))


def _submit(asked: Asked, by: Actor, at: datetime) -> Answered:
    # One request of a member at a time: two at once would each find the ledger without the other's care.
    with scoped(by.tenants, alone=f"{by.tenant_id}/{directory.plain_number(asked.member.number)}"):
        known, again, past, named = _before(asked, by, at)
        if again is not None:
            return _same_again(again, asked, by)
        found = read_with(asked, known, by.organizations, *named, at)
        weighed, problems = weigh(asked, found, known, past, at)
        if problems:
            raise AskRefused(tuple(problems))
        authorization, lines, determinations = _rows(asked, found, known, weighed, by, at)
        _, issued = letters.issuing(
            notices.owed_at_submission(authorization, lines, determinations, found, known, at), at=at
        )
        happened = audit.recording(_happenings(authorization, lines), tenant_id=known.tenant_id, by=by, at=at)
        _write(asked, authorization, lines, determinations, found, issued, happened, by, at)
        return answered(authorization, lines, determinations, known=known)


def _before(
    asked: Asked, by: Actor, at: datetime
) -> tuple[
    Reference, list[Any] | None, list[PastCare], tuple[MemberFound | None, dict[str, ProviderFound]]
]:  # fmt: skip
    """The tenant's reference, an earlier answer under this key, past care, and whom the request names."""
    known = reference(by.tenant_id)
    row = _look(asked, by, known, at)
    if row[0] != known.revision:
        known = reference(by.tenant_id, row[0])
        row = _look(asked, by, known, at)  # the tenant's zone, and so its day, may be another one now
    past = [
        PastCare(service=s, region=r, units=Decimal(str(u)), from_on=date.fromisoformat(f))
        for s, r, u, f in read_json(row[2])
    ]
    return known, read_json(row[1]), past, directory.for_request_read(row[3:])


def _look(asked: Asked, by: Actor, known: Reference, at: datetime) -> tuple[Any, ...]:
    counted = {service for line in asked.lines for service in known.counted_for(known.service_of(line))}
    row = one(
        _BEFORE,
        {
            "asker": by.id, "key": asked.key, "since": date(at.year - 3, 1, 1), "counted": sorted(counted),
            **directory.for_request_values(
                known.tenant_id, number=asked.member.number, npis=npis_of(asked), on=day_of(known, at)
            ),
        },
    )  # fmt: skip
    if row is None:
        raise AskRefused(())
    return row


def _same_again(again: list[Any], asked: Asked, by: Actor) -> Answered:
    if again[1] != asked.digest:
        raise KeyReused(KeyReused.__doc__)
    return queries.answered_of(UUID(again[0]), by=by)


def _rows(
    asked: Asked, found: Read, known: Reference, weighed: list[Weighed], by: Actor, at: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    key = new_key()
    number = make_number("R", secrets.randbelow)
    approval = make_number("A", secrets.randbelow) if any(one.is_certified for one in weighed) else None
    determinations = [_determination(one, key, known, found, at) for one in weighed if one.is_certified]
    by_line = {row["line_id"]: row for row in determinations}
    lines = [_line(one, key, known, found, approval, by_line.get(one.id)) for one in weighed]
    authorization = _authorization(asked, found, known, weighed, by, at, key=key, number=number)
    return authorization, lines, determinations


def _authorization(
    asked: Asked,
    found: Read,
    known: Reference,
    weighed: list[Weighed],
    by: Actor,
    at: datetime,
    *,
    key: UUID,
    number: str,
) -> dict[str, Any]:
    outcomes = [one.outcome for one in weighed]
    state = move_for(Act.SUBMIT, State.NONE).target or State.RECEIVED
    is_open = Outcome.PENDED in outcomes
    is_done = roll_up(outcomes) is not None
    if is_done:
        state = move_for(Act.APPROVE_BY_RULE, state).target or State.DECIDED
    clock = _governing(weighed)
    return {
        "id": key, "tenant_id": known.tenant_id, "plan_id": found.plan.id, "number": number,
        "channel": asked.channel, "member_id": found.member.id, "coverage_id": found.coverage.id,
        "organization_id": found.requester.id,
        "practitioner_id": found.practitioner.id if found.practitioner and found.practitioner.is_person else None,
        "title": _title(weighed, known), "program": known.services[weighed[0].service].program,
        "urgency": asked.urgency, "timing": asked.timing, "attested_by": asked.attested_by,
        "clinical_reason": asked.clinical_reason, "diagnoses": list(asked.diagnoses),
        "answers": {one.package.key: one.answers for one in weighed if one.package},
        "state": state, "status": status_of(state, outcomes), "open_lines": outcomes.count(Outcome.PENDED),
        "version": 1, "external": dict(asked.external), "submitted_by_id": by.id, "submitted_by_name": by.name,
        "received_at": at, "moments": {"received_at": at},
        "due_at": clock.due_at if clock and is_open else None, "due_rule": clock.rule if clock else "",
        "changed_at": at, "decided_at": at if is_done else None, "notified_at": None, "withdrawn_at": None,
    }  # fmt: skip


def _governing(weighed: list[Weighed]) -> Any:
    dues = [one.clock.governing for one in weighed if one.outcome is Outcome.PENDED and one.clock.governing]
    return min((due for due in dues if due.due_at), key=lambda due: due.due_at, default=None)


def _title(weighed: list[Weighed], known: Reference) -> str:
    first = known.services[weighed[0].service].name
    more = len(weighed) - 1
    return (first if not more else f"{first} and {more} more")[:200]


def _line(
    one: Weighed, key: UUID, known: Reference, found: Read, approval: str | None, decided: dict[str, Any] | None
) -> dict[str, Any]:
    service, line = known.services[one.service], one.asked
    rendering, facility = found.providers.get(line.rendering_npi), found.providers.get(line.facility_npi)
    return {
        "id": one.id, "tenant_id": known.tenant_id, "authorization_id": key, "member_id": found.member.id,
        "sequence": line.sequence, "service": service.key, "service_name": service.name,
        "coding": {"system": line.system, "code": line.code} if line.code else {},
        "item_class": service.item_class, "region": one.region, "side": line.side, "place": line.place,
        "rendering": _named(rendering), "facility": _named(facility), "unit": service.unit,
        "units_requested": line.units, "from_on": line.from_on, "to_on": line.to_on,
        "requirement": requirement_document(one.requirement), "criteria": criteria_document(one),
        "clock": one.clock.document(), "due_at": one.clock.governing.due_at if one.clock.governing else None,
        "outcome": one.outcome, "determination_id": decided["id"] if decided else None,
        "units_approved": line.units if decided else None, "approved_from": line.from_on if decided else None,
        "approved_to": one.approved_to if decided else None,
        "authorization_number": f"{approval}-{line.sequence:02d}" if decided else None,
    }  # fmt: skip


def criteria_document(one: Weighed) -> dict[str, Any]:
    """The evaluation with package version, source and why, as stored with the line."""
    if one.package is None or one.evaluation is None:
        return {}
    return {
        **one.evaluation.document(),
        "title": one.package.title,
        "source": one.package.source,
        "why": one.package.why(one.evaluation),
    }


def _named(provider: Any) -> dict[str, Any]:
    if provider is None:
        return {}
    return {
        "id": provider.id, "npi": provider.npi, "name": provider.name, "specialty": provider.specialty,
        "in_network": provider.in_network,
    }  # fmt: skip


def _determination(one: Weighed, key: UUID, known: Reference, found: Read, at: datetime) -> dict[str, Any]:
    rules = rules_of(known.tenant_id)
    package = one.package
    assert package is not None
    return {
        "id": new_key(), "tenant_id": known.tenant_id, "authorization_id": key, "line_id": one.id,
        "outcome": Outcome.CERTIFIED, "basis": "rule", "units_approved": one.asked.units,
        "reason": f"All criteria of {package.sources[0].short} are met.",
        "citations": [{"kind": s["type"], "id": s["id"], "title": s["title"], "url": s["url"]} for s in package.source],
        "package": package.key, "package_version": package.version, "reviewer_kind": "rule", "reviewer_id": None,
        "reviewer_name": rules.name, "reviewer_title": "", "credential_id": None, "licence_expires_on": None,
        "statement_expires_on": None, "decided_at": at, "decided_on": found.today,
    }  # fmt: skip


def _write(
    asked: Asked, authorization: dict[str, Any], lines: list[dict[str, Any]], determinations: list[dict[str, Any]],
    found: Read, issued: Part, happened: Part, by: Actor, at: datetime,
) -> None:  # fmt: skip
    given = []
    if authorization["decided_at"] and found.requester.electronic_delivery:
        given.append({
            "id": new_key(), "tenant_id": authorization["tenant_id"], "authorization_id": authorization["id"],
            "recipient": "requester", "means": "fhir" if by.kind == "client" else "portal",
            "by_name": "Rules of the plan", "at": at,
        })  # fmt: skip
    run_together(
        Part("a", _AUTHORIZATION, {"authorization": json_text(authorization)}),
        Part("l", _LINES, {"lines": json_text(lines)}),
        Part("d", _DETERMINATIONS, {"determinations": json_text(determinations)}),
        Part("n", _NOTICES, {"notices": json_text(given)}),
        issued,
        happened,
        Part(
            "s", _SUBMISSION,
            {
                "submission": new_key(), "tenant": authorization["tenant_id"], "asker": by.id, "key": asked.key,
                "digest": asked.digest, "at": at,
            },
        ),
    )  # fmt: skip


def _happenings(authorization: dict[str, Any], lines: list[dict[str, Any]]) -> list[Happening]:
    happened = [_happening("submitted", authorization, lines)]
    if authorization["decided_at"]:
        happened.append(_happening("approved_by_rule", authorization, lines))
    elif any(line["determination_id"] for line in lines):
        happened.append(_happening("lines_approved_by_rule", authorization, lines))
    return happened


def _happening(verb: str, authorization: dict[str, Any], lines: list[dict[str, Any]]) -> Happening:
    return Happening(
        verb=verb, subject_type="authorization", subject_id=authorization["id"],
        subject_number=authorization["number"],
        facts={
            "status": authorization["status"], "channel": authorization["channel"],
            "organization_id": authorization["organization_id"],
            "lines": [{"sequence": line["sequence"], "outcome": line["outcome"]} for line in lines],
        },
    )  # fmt: skip
