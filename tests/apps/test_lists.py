"""Finding among a million: by number and by list, each from an index whose rows the second wall allows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Count

from forthwith.apps.authorizations import actions, queries
from forthwith.apps.authorizations.models import Line
from forthwith.apps.tenancy.scope import scoped
from tests.factories import AT, asked, world

pytestmark = pytest.mark.django_db


def test_a_reference_number_and_an_authorization_number_lead_to_the_request():
    w = world()
    answered = actions.submit(asked=asked(w), by=w["coordinator"], at=AT)
    with scoped(w["coordinator"].tenants):
        approval = Line.objects.get(authorization_id=answered.id).authorization_number[:11]
        assert queries.number_of(answered.number, by=w["coordinator"]) == answered.number
        assert queries.number_of(approval, by=w["coordinator"]) == answered.number
        assert queries.number_of("A-0000-0000", by=w["coordinator"]) is None


def test_another_practice_finds_nothing_by_either_number():
    w = world()
    answered = actions.submit(asked=asked(w), by=w["coordinator"], at=AT)
    with scoped(w["coordinator"].tenants):
        approval = Line.objects.get(authorization_id=answered.id).authorization_number[:11]
    stranger = world("saguaro")["coordinator"]
    with scoped(stranger.tenants):
        assert queries.number_of(answered.number, by=stranger) is None
        assert queries.number_of(approval, by=stranger) is None


def test_lists_and_numbers_are_read_from_indexes():
    w = world()
    number = actions.submit(asked=asked(w), by=w["coordinator"], at=AT).number
    with scoped(w["coordinator"].tenants), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")  # whatever the table's size: only an index gives the order
        cursor.execute("SET LOCAL enable_hashagg = off")
        rows = queries.visible_to(w["coordinator"])
        assert "changes_of_practice" in rows.order_by("-changed_at", "-id")[:8].explain()
        counted = rows.order_by().values("status").annotate(found=Count("*")).explain()
        assert "Index Only Scan using statuses_of_practice" in counted, counted
        lines = Line.objects.filter(authorization_number__gte=number, authorization_number__lt=f"{number}-~")
        assert "Index Cond: (((authorization_number)" in lines.order_by("authorization_number").explain()
