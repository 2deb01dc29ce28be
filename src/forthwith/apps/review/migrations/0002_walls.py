"""The second wall: row-level security and exact rights."""

from __future__ import annotations

from django.db import migrations

from forthwith.apps.walls import protect


class Migration(migrations.Migration):
    """Policies and grants."""

    dependencies = [("review", "0001_tables")]
    operations = [
        protect("review_assignment", update_columns=["ended_at"]),
        protect("review_recommendation", update_columns=[]),
    ]
