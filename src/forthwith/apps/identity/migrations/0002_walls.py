"""The second wall: row-level security and exact rights."""

from __future__ import annotations

from django.db import migrations

from forthwith.apps.walls import grant, protect


class Migration(migrations.Migration):
    """Policies and grants."""

    dependencies = [("identity", "0001_tables")]
    operations = [
        grant("identity_person", delete=False),
        grant("identity_grant", delete=False),
        grant("identity_client", delete=False),
        grant("identity_token"),
        protect("identity_credential", update_columns=[]),
    ]
