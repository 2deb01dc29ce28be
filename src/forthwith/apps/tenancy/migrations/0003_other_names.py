"""Identifiers by which others name a tenant's plans and providers."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import forthwith.apps.keys
from forthwith.apps.walls import protect


class Migration(migrations.Migration):
    """One table, behind the wall."""

    dependencies = [("tenancy", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="OtherName",
            fields=[
                (
                    "id",
                    models.UUIDField(default=forthwith.apps.keys.new_key, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(choices=[("payer", "payer"), ("provider", "provider")], max_length=8),
                ),
                ("identifier", models.CharField(max_length=80)),
                ("means", models.CharField(max_length=60)),
                (
                    "tenant",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="tenancy.tenant"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "kind", "identifier"), name="one_meaning_a_name")
                ],
            },
        ),
        protect("tenancy_othername", delete=True),
    ]
