"""The second wall: row-level security and exact rights."""

from __future__ import annotations

from django.db import migrations

from forthwith.apps.walls import protect


class Migration(migrations.Migration):
    """Policies and grants."""

    dependencies = [("criteria", "0001_tables")]
    operations = [
        protect("criteria_package", delete=True),
        protect("criteria_service", delete=True),
        protect("criteria_servicecode", delete=True),
    ]
