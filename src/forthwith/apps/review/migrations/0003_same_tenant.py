"""Assignments and recommendations belong to the tenant of their request."""

from __future__ import annotations

from django.db import migrations

from forthwith.apps.walls import same_tenant


class Migration(migrations.Migration):
    """Foreign keys over key and tenant."""

    dependencies = [("review", "0002_walls"), ("authorizations", "0004_what_must_never_be_false")]
    operations = [
        same_tenant("review_assignment", "authorization_id", "authorizations_authorization"),
        same_tenant("review_recommendation", "authorization_id", "authorizations_authorization"),
    ]
