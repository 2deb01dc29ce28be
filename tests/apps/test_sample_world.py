"""The sample world loads, tells itself as its schema says, and its services lead to the answers it promises."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import connection
from django.db.models import F
from django.test import RequestFactory, override_settings
from rich.console import Console

from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.asking import Asked, AskRefused, LineAsked, MemberAsked
from forthwith.apps.authorizations.models import Authorization, Draft
from forthwith.apps.authorizations.reference import forget
from forthwith.apps.directory.models import Member
from forthwith.apps.identity.loads import actor_named
from forthwith.apps.identity.models import Person
from forthwith.apps.identity.queries import actor_of_token
from forthwith.apps.letters.models import Letter
from forthwith.apps.review import actions as review
from forthwith.apps.tenancy.queries import forget_portals, portal_of_host, tenant_ids
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.numbers import is_npi, is_number
from forthwith.domain.words import Basis, Channel, Outcome, State, Status
from forthwith.formats.fhir import pas
from forthwith.interfaces.cli import sample
from forthwith.interfaces.cli.sampling import describing, growing, loading
from forthwith.interfaces.cli.sampling.world import make as world_of
from forthwith.interfaces.fhir_api import submitting

GUIDE = Path(__file__).parents[1] / "formats" / "fhir" / "guide-homecare.json"
SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "describe.schema.json"
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> dict[str, Any]:
    forget()
    forget_portals()
    sample.load(Console(file=io.StringIO()))
    return sample.describe()


def test_the_world_is_whole_and_its_services_lead_to_the_answers_it_promises(world: dict[str, Any]) -> None:
    jsonschema_rs.validator_for(json.loads(SCHEMA.read_text())).validate(world)
    _check_it_is_plain_that_all_is_invented(world)
    _check_past_requests_are_in_every_state()
    _check_people_can_sign_in(world)
    _check_members_of_each_kind(world)
    for portal in world["portals"]:
        _check_services(world, portal)
        _check_the_guides_home_care_is_taken(world, portal)
    _check_a_second_load_does_nothing()
    _check_under_another_key_it_is_not_told()
    _check_it_grows(300)


def test_a_world_of_two_months_ago_is_told_as_it_is_today() -> None:
    forget()
    forget_portals()
    loading.load(world_of(datetime.now(UTC) - timedelta(days=62)), lambda _: None)
    told = sample.describe()
    jsonschema_rs.validator_for(json.loads(SCHEMA.read_text())).validate(told)
    for portal in told["portals"]:
        begun = [one for one in _members(told, portal) if one["kind"] == "active" and _begins(one) > months_ago(1)]
        assert begun, "somebody's coverage was to come, and has come"
        for number, service in enumerate(_services(told, portal)):
            member = next(one for one in _members(told, portal) if one["number"] == service["member"])
            assert member["kind"] == "active"
            for one in (member, *begun[: service["repeats"]]):
                answer = _submit(told, portal, service, one, key=f"{number}/{one['number']}")
                assert answer.status == service["expected"], (portal["key"], service["key"], service["why"])


def test_the_same_moment_makes_the_same_world() -> None:
    at = datetime(2026, 11, 25, 15, tzinfo=UTC)
    assert world_of(at) == world_of(at)


def _members(world: dict[str, Any], portal: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in world["members"] if one["portal"] == portal["key"]]


def _begins(member: dict[str, Any]) -> str:
    return str(member["coverage"][0]["starts_on"])


def months_ago(count: int) -> str:
    return (datetime.now(UTC).date() - timedelta(days=30 * count)).isoformat()


def _check_it_is_plain_that_all_is_invented(world: dict[str, Any]) -> None:
    assert all(is_npi(one["npi"]) for one in world["practitioners"] + world["organizations"])
    assert all(one["last_name"].endswith("-Sample") for one in world["members"])
    with scoped(tenant_ids()):
        assert 1500 < Member.objects.count() < 3000
        assert not Member.objects.exclude(phone__contains="-555-01").exists()


def _check_past_requests_are_in_every_state() -> None:
    with scoped(tenant_ids()):
        rows = list(Authorization.objects.all())
        assert {row.state for row in rows} == set(State) - {State.NONE}
        assert {row.status for row in rows} == set(Status) - {Status.DRAFT}
        assert not [row for row in rows if row.due_at and row.due_at < datetime.now(UTC)]
        assert Letter.objects.filter(kind="denial", audience="member").exists()
        assert Draft.objects.count() == 10


def _check_people_can_sign_in(world: dict[str, Any]) -> None:
    person = next(one for one in world["people"] if one["roles"] == ["nurse"])
    request = RequestFactory().post("/accounts/login/")
    found = authenticate(request, username=person["username"], password=person["password"])
    assert isinstance(found, Person)
    kept = Authenticator.objects.get(user=found).wrap().instance.data["secret"]
    assert hotp_value(kept, 1) == hotp_value(person["totp_secret"], 1)
    assert len({one["password"] for one in world["people"]}) == len(world["people"])
    assert settings.SECRET_KEY not in json.dumps(world)


def _check_members_of_each_kind(world: dict[str, Any]) -> None:
    for portal in world["portals"]:
        kinds = {one["kind"] for one in world["members"] if one["portal"] == portal["key"]}
        assert kinds == {"active", "ended", "future", "two_plans"}
        for kind in ("ended", "future"):
            with pytest.raises(AskRefused) as refused:
                _submit(world, portal, _services(world, portal)[0], _member(world, portal, kind), key=kind)
            assert [problem.code for problem in refused.value.problems] == ["coverage_inactive"]


def _check_services(world: dict[str, Any], portal: dict[str, Any]) -> None:
    member = _member(world, portal, "active")
    promised = _services(world, portal)
    assert {"Approved", "Received", "Submission not required"} <= {one["expected"] for one in promised}
    for number, service in enumerate(promised):
        for again in range(2 if service["repeats"] else 1):
            answer = _submit(world, portal, service, member, key=f"{number}/{again}")
            told = (portal["key"], service["key"], service["why"], answer.lines[0].criteria.get("why"))
            assert answer.status == service["expected"], told


def _check_the_guides_home_care_is_taken(world: dict[str, Any], portal: dict[str, Any]) -> None:
    """As it is published, by the first client of each portal: names and public codes are known."""
    body = GUIDE.read_bytes()
    client = next(one for one in world["clients"] if one["portal"] == portal["key"])
    found = portal_of_host(portal["host"])
    assert found is not None
    now = datetime.now(UTC)
    actor = actor_of_token(client["token"]["token"], found, at=now)
    assert actor is not None
    answer = submitting.submit(pas.read_request(body), body, by=actor, at=now)
    assert (answer.outcome, len(answer.lines)) == ("complete", 2), answer.notes


def _check_a_second_load_does_nothing() -> None:
    said = io.StringIO()
    sample.load(Console(file=said))
    assert said.getvalue() == "The sample world is there already.\n"


def _check_under_another_key_it_is_not_told() -> None:
    with override_settings(SECRET_KEY="another" * 9), pytest.raises(LookupError, match="FORTHWITH_SECRET_KEY"):
        sample.describe()


def _check_it_grows(count: int) -> None:
    with scoped(tenant_ids()):
        before = Authorization.objects.count()
    growing.grow(describing.loaded(at=datetime.now(UTC)), count, using="default", tell=lambda _: None)
    with scoped(tenant_ids()):
        grown = Authorization.objects.filter(submission__key__startswith="grown/")
        assert (grown.count(), Authorization.objects.count()) == (count, before + count)
        assert not grown.exclude(coverage__member_id=F("member_id"), coverage__plan_id=F("plan_id")).exists()
        assert not grown.filter(changed_at__gt=datetime.now(UTC)).exists()
        assert {"Approved", "Denied", "Submission not required"} <= set(grown.values_list("status", flat=True))
        assert grown.filter(state="received", due_at__gt=datetime.now(UTC)).exists()
        assert all(is_number(number) for number in grown.values_list("number", flat=True))
        _check_a_grown_request_can_be_decided(grown.filter(state="received").latest("received_at"))
    connection.check_constraints()  # the deferred ones too


def _check_a_grown_request_can_be_decided(row: Authorization) -> None:
    now, key = datetime.now(UTC), row.tenant.key
    portal = portal_of_host(f"{key}.localhost")
    assert portal is not None
    nurse = actor_named(f"nurse.{key}", portal, at=now)
    review.take(number=row.number, by=nurse, at=now)
    decisions = [
        actions.LineDecision(sequence=line.sequence, outcome=Outcome.CERTIFIED, basis=Basis.CLINICAL)
        for line in row.lines.all()
    ]
    assert actions.determine(number=row.number, decisions=decisions, by=nurse, at=now).status == Status.APPROVED


def _services(world: dict[str, Any], portal: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in world["services"] if one["portal"] == portal["key"]]


def _member(world: dict[str, Any], portal: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in world["members"] if one["portal"] == portal["key"] and one["kind"] == kind)


def _submit(
    world: dict[str, Any], portal: dict[str, Any], service: dict[str, Any], member: dict[str, Any], *, key: str
) -> Any:
    client = next(one for one in world["clients"] if one["portal"] == portal["key"])
    found = portal_of_host(portal["host"])
    assert found is not None
    now = datetime.now(UTC)
    actor = actor_of_token(client["token"]["token"], found, at=now)
    assert actor is not None
    doctor = next(
        one
        for one in world["practitioners"]
        if one["organization_npi"] == client["organization_npi"] and one["in_network"]
    )
    line = LineAsked(
        sequence=1, system=service["coding"]["system"], code=service["coding"]["code"], units=Decimal(service["units"]),
        from_on=(now + timedelta(days=7)).date(), place=service["place"], rendering_npi=doctor["npi"],
    )  # fmt: skip
    asked = Asked(
        channel=Channel.FHIR, key=key, digest=hashlib.sha256(key.encode()).hexdigest(),
        member=MemberAsked(number=member["number"]), requester_npi=client["organization_npi"],
        practitioner_npi=doctor["npi"], diagnoses=tuple(service["diagnoses"]), lines=(line,), answers=service["facts"],
    )  # fmt: skip
    return actions.submit(asked=asked, by=actor, at=now)
