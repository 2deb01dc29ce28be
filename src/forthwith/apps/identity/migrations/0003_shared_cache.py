"""The shared cache behind rate limits: every process must count the same attempts."""

from __future__ import annotations

from django.db import migrations

from forthwith.apps.walls import grant


class Migration(migrations.Migration):
    """Django's cache table, and the application's rights on it."""

    dependencies = [("identity", "0002_walls")]
    operations = [
        migrations.RunSQL(
            "CREATE TABLE identity_shared_cache "
            "(cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);"
            "CREATE INDEX identity_shared_cache_expires ON identity_shared_cache (expires);",
            "DROP TABLE identity_shared_cache",
        ),
        grant("identity_shared_cache"),
    ]
