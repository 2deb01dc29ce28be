"""The second wall: row-level security and exact rights."""

from __future__ import annotations

from django.db import migrations

from forthwith.apps.walls import protect


class Migration(migrations.Migration):
    """Policies and grants."""

    dependencies = [("authorizations", "0001_tables"), ("identity", "0001_tables")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE authorizations_determination ADD CONSTRAINT determination_by_credential "
            "FOREIGN KEY (credential_id, tenant_id, reviewer_id, reviewer_kind, licence_expires_on, statement_expires_on) "
            "REFERENCES identity_credential (id, tenant_id, person_id, kind, licence_expires_on, statement_expires_on)",
            "ALTER TABLE authorizations_determination DROP CONSTRAINT determination_by_credential",
        ),
        migrations.RunSQL(
            "ALTER TABLE authorizations_determination ADD CONSTRAINT determination_of_person "
            "FOREIGN KEY (reviewer_id) REFERENCES identity_person (id)",
            "ALTER TABLE authorizations_determination DROP CONSTRAINT determination_of_person",
        ),
        migrations.RunSQL(
            "ALTER TABLE authorizations_determination ADD CONSTRAINT determination_of_line "
            "FOREIGN KEY (line_id) REFERENCES authorizations_line (id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE authorizations_determination DROP CONSTRAINT determination_of_line",
        ),
        migrations.RunSQL(
            "ALTER TABLE authorizations_line ADD CONSTRAINT line_by_determination "
            "FOREIGN KEY (determination_id, id, outcome) REFERENCES authorizations_determination (id, line_id, outcome) "
            "DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE authorizations_line DROP CONSTRAINT line_by_determination",
        ),
        protect("authorizations_authorization"),
        protect("authorizations_line"),
        protect("authorizations_determination", update_columns=[]),
        protect("authorizations_submission", update_columns=[]),
        protect("authorizations_draft", delete=True),
        protect("authorizations_informationrequest"),
        protect("authorizations_noticegiven", update_columns=[]),
        protect("authorizations_attachment"),
    ]
