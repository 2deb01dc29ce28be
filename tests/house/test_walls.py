"""The second wall: with every filter of ours taken away, the database shows and takes one tenant's rows only."""

from __future__ import annotations

import threading

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.models import Authorization
from forthwith.apps.keys import new_key
from forthwith.apps.sql import one, run
from forthwith.apps.tenancy.scope import scoped
from tests import postgres
from tests.factories import AT, asked, scope, world
from tests.house.routes import places

WALLED = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner = current_user::regrole,
  EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped),
  (SELECT array_agg(pg_get_expr(p.polqual, p.polrelid) || ' / ' || pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}')
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
#: Read before anybody's tenant is known: the portal's host tells which it is.
BEFORE_THE_SCOPE = {"tenancy_portal"}


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def walled() -> list[str]:
    return [name for name, _, _, _, has_tenant, _ in rows(WALLED) if has_tenant and name not in BEFORE_THE_SCOPE]


@pytest.mark.django_db
def test_every_table_of_a_tenant_is_under_the_policy_and_the_application_owns_none():
    found = rows(WALLED)
    assert len(walled()) >= 20
    for name, enabled, forced, owned, has_tenant, policies in found:
        assert not owned, name
        if has_tenant and name not in BEFORE_THE_SCOPE:
            assert enabled and (forced or not owned), name
            assert policies and len(policies) == 1 and policies[0].count("forthwith.tenants") == 2, (name, policies)
    ours = {model._meta.db_table for app in apps.get_app_configs() if app.name.startswith("forthwith.") for model in app.get_models()}  # fmt: skip
    assert ours <= {name for name, *_ in found}


@pytest.mark.django_db
def test_the_application_is_a_plain_role_that_may_not_lift_the_wall():
    (role,) = rows("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = current_user")  # fmt: skip
    assert role == (False,) * 5
    assert rows("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = current_user") == [(0,)]  # fmt: skip
    assert rows("SELECT has_schema_privilege('public', 'CREATE'), has_database_privilege(current_database(), 'CREATE')") == [(False, False)]  # fmt: skip
    assert rows("SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace") == []
    assert rows("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace") == []  # fmt: skip
    assert postgres.may_truncate == [], "a migration gave the application TRUNCATE"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenants ON {table}", "CREATE POLICY more ON {table} USING (true)", "DROP TABLE {table}",
        "ALTER TABLE {table} DISABLE TRIGGER ALL", "ALTER TABLE {table} ADD COLUMN more int",
        "CREATE TRIGGER t BEFORE INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "GRANT ALL ON {table} TO PUBLIC", "CREATE RULE r AS ON INSERT TO {table} DO INSTEAD NOTHING",
    ],
)  # fmt: skip
def test_the_application_cannot_change_a_table(statement):
    for table in walled():
        if statement.startswith("GRANT"):  # PostgreSQL warns, and grants nothing, where one holds no grant option
            assert rows(f"SELECT has_table_privilege('{table}', 'SELECT WITH GRANT OPTION')") == [(False,)]
            continue
        with pytest.raises(ProgrammingError, match="must be owner|permission denied"), transaction.atomic():
            run(statement.format(table=table))


@pytest.mark.django_db
@pytest.mark.parametrize("setting", ["row_security = off", "session_replication_role = replica", "ROLE forthwith_owner", "SESSION AUTHORIZATION forthwith_owner"])  # fmt: skip
def test_no_setting_of_the_session_passes_the_wall_by(setting):
    places()
    scope()
    try:
        with transaction.atomic():
            run(f"SET LOCAL {setting}")
            assert rows("SELECT count(*) FROM authorizations_authorization") == [(0,)]
    except ProgrammingError as refused:
        assert "row-level security" in str(refused) or "permission denied" in str(refused)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor_name = 'x'", "DELETE FROM audit_event", "UPDATE audit_seal SET head = ''",
        "DELETE FROM audit_seal", "UPDATE authorizations_determination SET reason = 'x'",
        "DELETE FROM authorizations_determination", "DELETE FROM authorizations_authorization",
        "UPDATE authorizations_authorization SET received_at = now()", "UPDATE authorizations_authorization SET number = 'x'",
        "UPDATE authorizations_line SET units_requested = 1", "UPDATE letters_letter SET content = '{}'",
        "DELETE FROM letters_letter", "DELETE FROM authorizations_noticegiven",
        "UPDATE authorizations_noticegiven SET at = now()", "UPDATE authorizations_submission SET digest = ''",
        "UPDATE authorizations_attachment SET sha256 = ''", "UPDATE identity_credential SET kind = 'physician'",
        "DELETE FROM tenancy_tenant", "DELETE FROM tenancy_portal", "UPDATE tenancy_portal SET host = 'x'",
        "UPDATE authorizations_informationrequest SET asked_at = now()", "DELETE FROM audit_cursor",
    ],
)  # fmt: skip
def test_what_was_written_stays_written(statement):
    made = places()
    scope(made.world.tenant)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run(statement)


@pytest.mark.django_db
def test_with_our_filters_gone_nothing_of_another_tenant_is_read_or_changed():
    mine, theirs = places(), places("copperline").world.tenant
    scope(theirs)
    counts = {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in walled()}
    assert sum(map(bool, counts.values())) >= 12, counts
    scope(mine.world.tenant)
    for table in walled():
        assert rows(f"SELECT count(*) FROM {table} WHERE tenant_id = %s", theirs.id) == [(0,)], table
        if rows("SELECT has_table_privilege(%s, 'DELETE')", table) == [(True,)]:
            assert run(f"DELETE FROM {table} WHERE tenant_id = %s", [theirs.id]) == 0
    assert run("UPDATE authorizations_authorization SET state = 'withdrawn' WHERE tenant_id = %s", [theirs.id]) == 0
    scope(theirs)
    assert counts == {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in walled()}


@pytest.mark.django_db
def test_no_row_can_be_written_for_or_moved_to_another_tenant():
    mine, theirs = places(), places("copperline")
    scope(mine.world.tenant)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Event.objects.create(tenant_id=theirs.world.tenant.id, at=AT, verb="x", actor_name="x", actor_kind="person", subject_type="x")  # fmt: skip
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Authorization.objects.update(tenant_id=theirs.world.tenant.id)
    for table in walled():
        columns = ", ".join(f'"{c}"' for (c,) in rows("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'tenant_id'", table))  # fmt: skip
        stolen = f"INSERT INTO {table} ({columns}, tenant_id) SELECT {columns}, %s FROM {table} LIMIT 1"
        if rows(f"SELECT count(*) FROM {table}") != [(0,)]:
            with pytest.raises((ProgrammingError, IntegrityError), match="row-level security"), transaction.atomic():
                run(stolen, [theirs.world.tenant.id])


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["", "nonsense", None, "'; RESET ROLE; --", ","])
def test_without_a_good_scope_nothing_is_seen(value):
    places()
    try:
        with transaction.atomic():
            run("SELECT set_config('forthwith.tenants', %s, true)", [value])
            for table in walled():
                assert rows(f"SELECT count(*) FROM {table} WHERE tenant_id IS NOT NULL") == [(0,)], table
    except Exception as refused:
        assert "uuid" in str(refused)  # what is no key is refused, not ignored


@pytest.mark.django_db(transaction=True)
def test_outside_a_scope_nothing_is_seen_and_the_scope_ends_with_its_transaction():
    with transaction.atomic():
        made = world()
    with scoped([made.tenant.id]):
        assert rows("SELECT count(*) FROM directory_member") == [(1,)]
    assert rows("SELECT count(*) FROM directory_member") == [(0,)]
    with pytest.raises(ZeroDivisionError), scoped([made.tenant.id], platform=True):
        assert rows("SELECT count(*) FROM directory_member") == [(1,)]
        _ = 1 / 0
    assert rows("SELECT current_setting('forthwith.tenants', true), current_setting('forthwith.platform', true)") in ([("", "")], [(None, None)])  # fmt: skip
    with pytest.raises(ProgrammingError), scoped([made.tenant.id]):
        run("SELECT nothing_like_it()")
    assert rows("SELECT count(*) FROM directory_member") == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_an_inner_scope_gives_the_outer_one_back():
    """An act opens its own scope inside a request's; what follows must not see more than before."""
    with transaction.atomic():
        made, other = world(), world("copperline", rules="empire-spine")
    with scoped([made.tenant.id]):
        with pytest.raises(ZeroDivisionError), scoped([other.tenant.id]):
            _ = 1 / 0
        assert rows("SELECT DISTINCT tenant_id FROM directory_member") == [(made.tenant.id,)]
        with scoped([other.tenant.id], platform=True):
            assert rows("SELECT DISTINCT tenant_id FROM directory_member") == [(other.tenant.id,)]
        assert rows("SELECT DISTINCT tenant_id FROM directory_member") == [(made.tenant.id,)]
        assert rows("SELECT current_setting('forthwith.platform')") == [("",)]


@pytest.fixture
def pooled():
    """A connection of Django's with a pool of one, so that everybody gets the same session."""
    parameters = {**connections["default"].settings_dict, "CONN_MAX_AGE": 0}
    parameters["OPTIONS"] = {**parameters["OPTIONS"], "pool": {"min_size": 1, "max_size": 1, "timeout": 10}}
    made: BaseDatabaseWrapper = type(connections["default"])(parameters, "default")
    yield made
    made.close()
    made.close_pool()


@pytest.mark.django_db(transaction=True)
def test_the_scope_does_not_leak_through_the_pool(pooled):
    with transaction.atomic():
        made = world()

    def session(*statements):
        """What one request does with a connection of the pool; it is given back whatever happens."""
        try:
            pooled.ensure_connection()
            pooled.set_autocommit(False)
            with pooled.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                found = cursor.fetchall()
            pooled.commit()
            return found
        except Exception:
            return None
        finally:
            pooled.close()

    scoping = f"SELECT set_config('forthwith.tenants', '{made.tenant.id}', true)"
    count, backend = "SELECT count(*) FROM directory_member", "SELECT pg_backend_pid()"
    first = session(backend)
    assert session(scoping, count) == [(1,)]
    assert session(count) == [(0,)]
    assert session(scoping, count, "SELECT 1/0") is None  # an error
    assert session(count) == [(0,)]
    assert session(scoping, count, "ROLLBACK", count) == [(0,)]
    assert session(backend) == first, "the very same session served them all"


@pytest.mark.django_db(transaction=True)
def test_two_tenants_at_once_never_see_each_other():
    with transaction.atomic():
        worlds = [world(), world("copperline", rules="empire-spine")]
    seen: list[tuple[object, set[object]]] = []

    def work(made):
        try:
            for _ in range(5):
                actions.submit(asked=asked(made, answers={}), by=made["coordinator"], at=AT)
                with scoped([made.tenant.id]):
                    seen.append((made.tenant.id, set(Authorization.objects.values_list("tenant_id", flat=True))))
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(made,)) for made in worlds for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(seen) == 20 and all(found == {tenant} for tenant, found in seen)


@pytest.mark.django_db
def test_events_of_the_platform_are_not_seen_from_a_tenants_scope():
    made = places()
    scope(made.world.tenant)
    run("INSERT INTO audit_event (id, at, verb, actor_name, actor_kind, on_behalf_of, portal, purpose, subject_type, subject_number, facts) VALUES (%s, now(), 'x', 'x', 'rule', '', '', '', 'x', '', '{}')", [new_key()])  # fmt: skip
    assert one("SELECT count(*) FROM audit_event WHERE tenant_id IS NULL") == (0,)


def test_the_tests_run_behind_the_same_wall():
    assert not settings.FORTHWITH_ONE_ROLE
