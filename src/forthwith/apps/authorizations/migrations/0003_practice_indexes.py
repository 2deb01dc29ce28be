"""Indexes for an office's pages: what is open, what changed last, how many stand where."""

from __future__ import annotations

from django.db import migrations, models

OPEN = models.Q(state__in=["received", "in_review", "information_requested", "sent_back"])


class Migration(migrations.Migration):
    """Three indexes on requests."""

    dependencies = [("authorizations", "0002_walls")]

    operations = [
        migrations.AddIndex(
            "authorization",
            models.Index(fields=["tenant", "organization", "due_at", "id"], name="open_of_practice", condition=OPEN),
        ),
        migrations.AddIndex(
            "authorization",
            models.Index(fields=["tenant", "organization", "-changed_at", "-id"], name="changes_of_practice"),
        ),
        migrations.AddIndex(
            "authorization",
            models.Index(fields=["tenant", "organization", "status"], name="statuses_of_practice"),
        ),
    ]
