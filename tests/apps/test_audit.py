"""The audit's chains: sealed in commit order, and whoever tampers is found."""

from __future__ import annotations

import contextlib
import os
import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connections, transaction

from forthwith.apps.audit import queries, sealing, verification
from forthwith.apps.audit.actions import Happening, record
from forthwith.apps.audit.models import Cursor, Event, Seal
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


FIRST = "position = (SELECT min(position) FROM audit_event)"
MIDDLE = "position = (SELECT position FROM audit_event ORDER BY position OFFSET 1 LIMIT 1)"
COPY = (
    "INSERT INTO audit_event SELECT gen_random_uuid(), position {}, transaction {}, tenant_id, at, 'forged', actor_id, "
    "actor_name, actor_kind, on_behalf_of, portal, purpose, subject_type, subject_id, subject_number, facts "
    "FROM audit_event WHERE "
)


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        (f"UPDATE audit_event SET actor_name = 'Somebody else' WHERE {FIRST}", "changed"),
        (f"UPDATE audit_event SET at = at + interval '1 microsecond' WHERE {FIRST}", "changed"),
        (f"UPDATE audit_event SET facts = facts || '{{\"status\": \"Approved\"}}' WHERE {FIRST}", "changed"),
        (f"UPDATE audit_event SET tenant_id = NULL WHERE {FIRST}", "events were sealed"),
        (f"DELETE FROM audit_event WHERE {FIRST}", "events were sealed"),
        (f"DELETE FROM audit_event WHERE {MIDDLE}", "events were sealed"),
        ("DELETE FROM audit_event WHERE position = (SELECT max(position) FROM audit_event)", "events were sealed"),
        (COPY.format("- 0", "+ 0") + MIDDLE, "events were sealed"),
        (COPY.format("- 1000", "- 1000") + FIRST, "events were sealed"),
        (
            "UPDATE audit_event e SET subject_number = (SELECT subject_number FROM audit_event o WHERE o.id <> e.id ORDER BY o.position DESC LIMIT 1)",
            "changed",
        ),
        (
            "UPDATE audit_event e SET position = o.position, transaction = o.transaction FROM audit_event o "
            "WHERE e.id IN (SELECT id FROM audit_event ORDER BY position LIMIT 2) AND o.id IN "
            "(SELECT id FROM audit_event ORDER BY position LIMIT 2) AND o.id <> e.id",
            "changed",
        ),
        ("DELETE FROM audit_seal WHERE number = 1", "a seal is missing"),
        ("DELETE FROM audit_seal WHERE number = 2", "tail is missing"),
        ("DELETE FROM audit_seal WHERE number = 2", "sealing had passed"),
        ("DELETE FROM audit_seal; DELETE FROM audit_event", "tail is missing"),
        ("DELETE FROM audit_seal; DELETE FROM audit_event; DELETE FROM audit_cursor", "tail is missing"),
        ("UPDATE audit_seal SET head = repeat('0', 64) WHERE number = 2", "rewritten"),
        ("UPDATE audit_seal SET head = 'nonsense' WHERE number = 1", "rewritten"),
        ("UPDATE audit_seal SET signature = repeat('0', 128) WHERE number = 2", "signature does not fit"),
        ("UPDATE audit_seal SET signature = 'nonsense' WHERE number = 2", "signature does not fit"),
        ("UPDATE audit_seal SET count = 7 WHERE number = 2", "signature does not fit"),
        ("UPDATE audit_seal SET after_position = after_position + 1 WHERE number = 2", "does not begin where"),
        ("UPDATE audit_seal SET upto_position = upto_position + 1, upto_transaction = upto_transaction + 5 WHERE number = 1", "_"),
        ("UPDATE audit_cursor SET transaction = 0, position = 0", ""),
    ],
)  # fmt: skip
def test_tampering_is_found(sealed, tampering, finding):
    as_owner(tampering)
    if not finding:  # sealing again what was sealed: found as soon as it is done
        with scoped([sealed.tenant.id], platform=True):
            sealing.seal_waiting(at=AT)
        finding = "events were sealed"
    assert any(finding in text or finding == "_" for text in found(sealed))


def test_a_chain_rewritten_with_another_key_is_found(sealed, monkeypatch):
    """Whoever owns the database can seal anew; without the key the heads are not those that were signed."""
    as_owner("DELETE FROM audit_seal; DELETE FROM audit_cursor; UPDATE audit_event SET actor_name = 'Nobody'")
    kept = sealing.heads_file().read_text()
    with monkeypatch.context() as other:
        other.setenv("FORTHWITH_AUDIT_KEY", "43" * 32)
        with scoped([sealed.tenant.id], platform=True):
            sealing.seal_waiting(at=AT)
    sealing.heads_file().write_text(kept)
    texts = " ".join(found(sealed))
    assert "signature does not fit" in texts and "rewritten" in texts


@pytest.mark.parametrize(
    ("edit", "finding"),
    [
        (lambda text: "", "missing or empty"),
        (lambda text: text.splitlines()[0] + "\n", "not among those kept"),
        (lambda text: text.replace('"head": "', '"head": "0', 1), "head differs"),
        (lambda text: text.replace('"count": ', '"count": 1', 1), "head differs"),
        (lambda text: text.replace("{", "", 1), "not among those kept"),
    ],
)
def test_an_edited_or_missing_file_of_heads_is_found(sealed, edit, finding):
    path = sealing.heads_file()
    path.write_text(edit(path.read_text()))
    assert any(finding in text for text in found(sealed))
    path.unlink()
    assert any("missing or empty" in text for text in found(sealed))


def test_a_row_put_in_behind_the_seals_is_found(sealed):
    """Another tenant's sealing has moved on; the gap up to there is no hiding place."""
    with transaction.atomic():
        other = world("copperline", rules="empire-spine")
    actions.submit(asked=asked(other, answers={}), by=other["coordinator"], at=AT)
    with scoped([sealed.tenant.id, other.tenant.id], platform=True):
        sealing.seal_waiting(at=AT)
    assert verification.verify().findings == ()
    place = "(SELECT transaction FROM audit_event ORDER BY position DESC LIMIT 1)"
    as_owner(COPY.format("+ 1", f"* 0 + {place} - 1") + f"tenant_id = '{sealed.tenant.id}' ORDER BY position DESC LIMIT 1")  # fmt: skip
    assert ["put in by hand" in one.text for one in verification.verify().findings] == [True]


def test_what_waits_to_be_sealed_is_no_finding(sealed):
    actions.submit(asked=asked(sealed, answers={}), by=sealed["coordinator"], at=AT)
    done = verification.verify()
    assert done.findings == () and done.waiting == 1 and done.waiting_since == AT
    assert (done.events, done.seals) == (4, 2)


def test_a_sealer_that_died_before_its_commit_is_no_finding_and_its_head_is_written_again(sealed):
    actions.submit(asked=asked(sealed, answers={}), by=sealed["coordinator"], at=AT)
    with pytest.raises(ZeroDivisionError), scoped([sealed.tenant.id], platform=True):
        assert sealing.seal_waiting(at=AT) == 1
        _ = 1 / 0
    assert verification.verify().findings == ()
    actions.submit(asked=asked(sealed, answers={}), by=sealed["coordinator"], at=AT)
    assert verification.verify().findings == ()
    with scoped([sealed.tenant.id], platform=True):
        assert sealing.seal_waiting(at=AT) == 2
    assert verification.verify().findings == ()
    as_owner(f"DELETE FROM audit_event WHERE {FIRST}")
    assert verification.verify().findings != ()


def test_a_torn_line_spoils_no_other(sealed):
    path = sealing.heads_file()
    path.write_text(path.read_text() + '{"chain": "x", "num')
    actions.submit(asked=asked(sealed, answers={}), by=sealed["coordinator"], at=AT)
    with scoped([sealed.tenant.id], platform=True):
        sealing.seal_waiting(at=AT)
    assert verification.verify().findings == ()


def test_events_are_sealed_in_the_order_of_commit(sealed):
    """A transaction that began earlier and commits later is neither skipped nor sealed out of turn."""
    slow = psycopg.connect(os.environ["DATABASE_URL"])
    slow.execute("SELECT set_config('forthwith.tenants', %s, true)", [str(sealed.tenant.id)])
    slow.execute(
        "INSERT INTO audit_event (id, tenant_id, at, verb, actor_name, actor_kind, on_behalf_of, portal, purpose, "
        "subject_type, subject_number, facts) VALUES (gen_random_uuid(), %s, now(), 'slow', 'x', 'person', '', '', '', 'x', '', '{}')",
        [sealed.tenant.id],
    )  # fmt: skip
    actions.submit(asked=asked(sealed, answers={}), by=sealed["coordinator"], at=AT)
    with scoped([sealed.tenant.id], platform=True):
        cursor = Cursor.objects.get(pk="seal")
        assert queries.after(cursor.transaction, cursor.position, limit=9) == [], "what could be overtaken must wait"
        assert sealing.seal_waiting(at=AT) == 0
    assert verification.verify().findings == ()
    slow.commit()
    slow.close()
    with scoped([sealed.tenant.id], platform=True):
        assert [e.verb for e in queries.after(cursor.transaction, cursor.position, limit=9)] == ["slow", "submitted"]
        assert sealing.seal_waiting(at=AT) == 2
    done = verification.verify()
    assert done.findings == () and done.waiting == 0


def test_nobody_is_accused_while_writers_and_the_sealer_are_busy(sealed):
    stop, trouble = threading.Event(), []

    def going(act):
        def loop():
            try:
                act()
            except Exception as error:
                trouble.append(error)
            finally:
                connections.close_all()

        return threading.Thread(target=loop)

    def write():
        for number in range(12):
            with contextlib.suppress(ZeroDivisionError), scoped([sealed.tenant.id]):
                happening = Happening(verb=f"v{number}", subject_type="x", facts={"n": number})
                record([happening, happening], tenant_id=sealed.tenant.id, by=sealed["nurse"], at=AT)
                _ = 1 / (number % 4)  # every fourth takes everything back

    def seal():
        while not stop.is_set():
            with scoped([sealed.tenant.id], platform=True):
                sealing.seal_waiting(at=AT)

    writers, sealer = [going(write) for _ in range(3)], going(seal)
    for thread in (*writers, sealer):
        thread.start()
    results = [verification.verify() for _ in range(15)]
    for thread in writers:
        thread.join()
    results.append(verification.verify())
    stop.set()
    sealer.join()
    assert not trouble
    assert [done.findings for done in results] == [()] * 16
    with scoped([sealed.tenant.id], platform=True):
        while sealing.seal_waiting(at=AT):
            pass
    done = verification.verify()
    assert (done.findings, done.waiting, done.events) == ((), 0, 3 + 3 * 9 * 2)


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
