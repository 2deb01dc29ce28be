"""The audit's chains: sealed in commit order, and whoever tampers is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections, transaction

from forthwith.apps.audit import sealing, verification
from forthwith.apps.audit.models import Event, Seal
from forthwith.apps.authorizations import actions
from forthwith.apps.tenancy.models import Tenant
from forthwith.apps.tenancy.scope import scoped
from tests.factories import AT, asked, world

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def sealed(settings, tmp_path):
    """A tenant with three submissions sealed in two batches."""
    settings.DATA_ROOT = tmp_path
    with transaction.atomic():
        w = world()
    for minute in range(3):
        actions.submit(asked=asked(w, answers={}), by=w["coordinator"], at=AT + timedelta(minutes=minute))
        if minute != 1:
            with scoped([w.tenant.id], platform=True):
                sealing.seal_waiting(at=AT)
    return w


def found(w):
    with scoped([w.tenant.id], platform=True):
        return [finding.text for finding in verification.findings()]


def as_owner(statement):
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def test_chains_hold_and_the_verification_notices_whoever_tampers(sealed):
    assert found(sealed) == []
    with scoped([sealed.tenant.id], platform=True):
        assert Seal.objects.count() == 2 and sum(Seal.objects.values_list("count", flat=True)) == 3
        assert Tenant.objects.count() == 1


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        (
            "UPDATE audit_event SET actor_name = 'Somebody else' WHERE position = (SELECT min(position) FROM audit_event)",
            "changed",
        ),
        ("DELETE FROM audit_event WHERE position = (SELECT min(position) FROM audit_event)", "events were sealed"),
        ("DELETE FROM audit_seal WHERE number = 2", "tail is missing"),
        ("DELETE FROM audit_seal; DELETE FROM audit_event", "tail is missing"),
        ("UPDATE audit_seal SET head = repeat('0', 64) WHERE number = 2", "rewritten"),
    ],
)
def test_tampering_is_found(sealed, tampering, finding):
    as_owner(tampering)
    assert any(finding in text for text in found(sealed))


@pytest.mark.parametrize("change", [{"verb": "nothing"}, None])
def test_the_application_itself_may_not_change_or_delete(sealed, change):
    with pytest.raises(Exception, match="permission denied"), scoped([sealed.tenant.id]):
        Event.objects.update(**change) if change else Event.objects.all().delete()


def test_a_sealing_that_was_cut_off_before_its_commit_is_no_finding(sealed):
    """Killed between the signed head and the commit: the events wait, and are sealed again under the same number."""
    actions.submit(asked=asked(sealed, key="LATER", answers={}), by=sealed["coordinator"], at=AT + timedelta(minutes=9))
    with pytest.raises(RuntimeError), scoped([sealed.tenant.id], platform=True):
        assert sealing.seal_waiting(at=AT) == 1
        raise RuntimeError("killed")
    assert found(sealed) == []
    with sealing.heads_file().open("a") as file:
        file.write('{"chain": "torn by a power c')
    actions.submit(asked=asked(sealed, key="LAST", answers={}), by=sealed["coordinator"], at=AT + timedelta(minutes=9))
    with scoped([sealed.tenant.id], platform=True):
        assert sealing.seal_waiting(at=AT) == 2
    assert found(sealed) == []
    as_owner("DELETE FROM audit_seal WHERE number = 3")
    assert [text for text in found(sealed) if "tail is missing" in text]


def test_a_sealing_that_was_cut_off_hides_no_change(sealed):
    actions.submit(asked=asked(sealed, key="LATER", answers={}), by=sealed["coordinator"], at=AT + timedelta(minutes=9))
    with pytest.raises(RuntimeError), scoped([sealed.tenant.id], platform=True):
        sealing.seal_waiting(at=AT)
        raise RuntimeError("killed")
    as_owner(
        "UPDATE audit_event SET actor_name = 'Somebody else' WHERE position = (SELECT max(position) FROM audit_event)"
    )
    assert [text for text in found(sealed) if "tail is missing" in text]


def test_what_is_sealed_while_it_is_verified_is_not_looked_at(sealed):
    with scoped([sealed.tenant.id], platform=True):
        reaching = verification.reaches()
    actions.submit(asked=asked(sealed, key="LATER", answers={}), by=sealed["coordinator"], at=AT + timedelta(minutes=9))
    with scoped([sealed.tenant.id], platform=True):
        sealing.seal_waiting(at=AT)
    with scoped([sealed.tenant.id], platform=True):
        assert list(verification.findings(reaching)) == []
    assert found(sealed) == []
