"""The second wall: row-level security and exact rights."""

from __future__ import annotations

from django.db import migrations

from forthwith.apps.walls import grant, protect


class Migration(migrations.Migration):
    """Policies and grants."""

    dependencies = [("tenancy", "0001_tables")]
    operations = [
        grant("tenancy_tenant"),
        grant("tenancy_portal"),
        grant("tenancy_plan"),
        protect("tenancy_program", delete=True),
        protect("tenancy_setting", delete=True),
        protect("tenancy_requirementrule", delete=True),
    ]
