"""A tenant's own data from a file: checked by line, stored all or nothing, in force at the next request."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations.reference import forget
from forthwith.apps.criteria.models import ServiceCode
from forthwith.apps.directory.models import Coverage, Member
from forthwith.apps.tenancy.models import OtherName, Tenant
from forthwith.domain.tenant_data import read_tenant_data
from forthwith.interfaces.cli import tenant
from forthwith.interfaces.cli.console import Failure
from tests.factories import World, scope, world

CODING = {"system": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "G0154"}
MEMBER = {
    "number": "1122334455", "first_name": "Joe", "last_name": "Smith", "birth_on": "1960-03-02", "sex": "M",
    "coverage": [{"plan": "harborlight-ma-hmo", "starts_on": "2001-01-01"}],
}  # fmt: skip


@pytest.fixture
def w() -> World:
    return world()


def document(w: World, **more: Any) -> dict[str, Any]:
    """What maps the guide's examples to this world."""
    member = copy.deepcopy(MEMBER)
    member["coverage"][0]["plan"] = w.plan.key
    return {
        "tenant": w.tenant.key,
        "payers": [{"identifier": "1234567893", "plan": w.plan.key}],
        "providers": [
            {"identifier": "8189991234", "npi": w.office.npi},
            {"identifier": "1234567893", "npi": w.doctor.npi},
        ],
        "codes": [{**CODING, "service": "SVC:MRI-LB"}],
        "members": [member],
        **more,
    }


def written(tmp_path: Path, data: Any) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, sort_keys=False))
    return path


@pytest.mark.django_db
def test_a_second_load_brings_up_to_date_and_leaves_the_rest(w: World, tmp_path: Path) -> None:
    tenant.load(written(tmp_path, document(w)))
    before = Tenant.objects.get(id=w.tenant.id).revision
    changed = document(w, providers=[], codes=[{**CODING, "service": "SVC:EXER"}])
    changed["members"][0] |= {"last_name": "Smíth", "phone": "555-555-0101"}
    changed["members"][0]["coverage"][0]["ends_on"] = "2026-12-31"
    tenant.load(written(tmp_path, changed))
    scope(w.tenant)
    member = Member.objects.get(number="1122334455")
    assert (member.last_name_plain, member.phone) == ("smith", "555-555-0101")
    assert Coverage.objects.get(member=member).ends_on == date(2026, 12, 31)
    assert OtherName.objects.count() == 3
    assert ServiceCode.objects.get(**CODING).service == "SVC:EXER"
    assert Tenant.objects.get(id=w.tenant.id).revision == before + 1
    event = Event.objects.filter(verb="tenant_data_loaded").latest("at")
    assert (event.actor_kind, event.facts["members"]) == ("operator", 1)


@pytest.mark.django_db
def test_a_check_stores_nothing(w: World, tmp_path: Path) -> None:
    tenant.load(written(tmp_path, document(w)), check=True)
    assert not OtherName.objects.exists() and not Event.objects.filter(verb="tenant_data_loaded").exists()


@pytest.mark.django_db
def test_what_the_tenant_does_not_have_is_named_by_line_and_nothing_is_stored(w: World, tmp_path: Path) -> None:
    forget()
    data = document(w)
    data["codes"][0]["service"] = "SVC:NONE"
    data["members"][0]["coverage"][0]["plan"] = "elsewhere"
    data["providers"][0]["npi"] = "1234567893"
    with pytest.raises(Failure) as failed:
        tenant.load(written(tmp_path, data))
    assert "own.yaml:" in str(failed.value)
    assert "no service SVC:NONE" in str(failed.value) and "no plan elsewhere" in str(failed.value)
    assert "nobody with NPI 1234567893" in str(failed.value)
    assert not OtherName.objects.exists() and not Member.objects.filter(number="1122334455").exists()


@pytest.mark.django_db
def test_an_unknown_tenant_is_said(w: World, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="no tenant 'nobody'"):
        tenant.load(written(tmp_path, "tenant: nobody\n"))


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("", 0, "empty"),
        ("tenant: a\npayers: [\n", 3, "not YAML"),
        ("tenant: a\nplans: []\n", 1, "plans"),
        ("tenant: a\ncodes:\n- {system: s, code: c}\n", 3, "service"),
        ("tenant: a\nproviders:\n- {identifier: x, npi: '1234567890'}\n", 3, "no valid NPI"),
        ("tenant: a\npayers:\n- {identifier: x, plan: p}\n- {identifier: x, plan: q}\n", 4, "twice"),
        ("tenant: a\npayers:\n- {identifier: \"a\\0\", plan: p}\n", 3, "does not match"),
    ],
)  # fmt: skip
def test_mistakes_are_named_by_line(text: str, line: int, cause: str) -> None:
    (finding, *_) = read_tenant_data(text, "own.yaml").problems
    assert finding.line == line
    assert cause in finding.cause


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"birth_on": "1960-02-30"}, "no day of the calendar"),
        ({"sex": "male"}, "is not one of"),
        ({"coverage": []}, "has less than 1 item"),
        ({"coverage": [{"plan": "p", "starts_on": "2026-02-01", "ends_on": "2026-01-01"}]}, "ends before it starts"),
        ({"coverage": [{"plan": "p", "starts_on": "2026-02-30"}]}, "not in the calendar"),
    ],
)
def test_mistakes_in_members(change: dict[str, Any], cause: str) -> None:
    text = json.dumps({"tenant": "a", "members": [{**MEMBER, **change}]})
    assert [finding for finding in read_tenant_data(text, "own.yaml").problems if cause in finding.cause]
