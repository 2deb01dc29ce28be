"""The second wall: row-level security and exact rights."""

from __future__ import annotations

from django.db import migrations

from forthwith.apps.walls import grant, protect


class Migration(migrations.Migration):
    """Policies and grants."""

    dependencies = [("directory", "0001_tables")]
    operations = [
        grant("directory_practitioner"),
        grant("directory_organization"),
        grant("directory_affiliation"),
        protect("directory_networkentry", delete=True),
        protect("directory_member"),
        protect("directory_coverage"),
    ]
