"""The second wall: row-level security; after the issue only the rendering may be recorded."""

from __future__ import annotations

from django.db import migrations

from forthwith.apps.walls import protect


class Migration(migrations.Migration):
    """Policies and grants."""

    dependencies = [("letters", "0001_tables")]
    operations = [protect("letters_letter", update_columns=["rendered_hash", "rendered_at", "size"])]
