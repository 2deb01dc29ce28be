"""An index for the desk's list of all requests, the newest first."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index on requests."""

    dependencies = [("authorizations", "0004_what_must_never_be_false")]

    operations = [
        migrations.AddIndex(
            "authorization", models.Index(fields=["tenant", "-received_at"], name="requests_of_tenant")
        ),
    ]
