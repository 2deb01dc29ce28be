"""The second wall: row-level security and exact rights."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations

from forthwith.apps.walls import grant, protect


class Migration(migrations.Migration):
    """Policies and grants."""

    dependencies = [("audit", "0001_tables")]
    operations = [
        protect("audit_event", update_columns=[], platform=True),
        protect("audit_seal", update_columns=[], platform=True),
        grant("audit_cursor", delete=False),
        migrations.RunPython(
            lambda apps, editor: editor.execute(
                'GRANT USAGE, SELECT ON SEQUENCE audit_event_position TO "' + settings.FORTHWITH_APP_ROLE + '"'
            ),
            migrations.RunPython.noop,
        ),
    ]
