"""Plans behind the wall too; tenants and portals, which a door reads before it knows a scope, are written once.

A portal has to be found by its host before anybody's tenant is known, so it has no policy; the application cannot
change or delete one.
"""

from __future__ import annotations

from django.db import migrations

from forthwith.apps.walls import narrow, protect


class Migration(migrations.Migration):
    """A policy and narrower rights."""

    dependencies = [("tenancy", "0003_other_names")]
    operations = [
        protect("tenancy_plan"),
        narrow("tenancy_plan", update_columns=["payer_id", "name", "product", "accredited", "service_levels"]),
        narrow("tenancy_tenant", update_columns=["letterhead", "name", "revision"]),
        narrow("tenancy_portal", update_columns=["contact", "name"]),
    ]
