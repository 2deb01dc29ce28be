"""What must never be false, repeated by the database; and what is never changed cannot be.

A row belongs to the tenant of the row it names. Who asked for what, and when it was received, is written once.
"""

from __future__ import annotations

from django.db import migrations, models

import forthwith.domain.reviewers
import forthwith.domain.words
from forthwith.apps.walls import narrow, same_tenant

AUTHORIZATION = "authorizations_authorization"


class Migration(migrations.Migration):
    dependencies = [
        ("authorizations", "0003_practice_indexes"),
        ("directory", "0002_walls"),
        ("tenancy", "0002_walls"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="authorization",
            index=models.Index(
                condition=models.Q(("state", forthwith.domain.words.State["DECIDED"])),
                fields=["tenant", "decided_at", "id"],
                name="notices_to_give",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scan__in", ["waiting", "clean", "infected"]), ("sha256__regex", "^[0-9a-f]{64}$"), ("size__gt", 0)
                ),
                name="attachment_is_known_by_its_bytes",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.UniqueConstraint(fields=("id", "tenant"), name="authorization_of_tenant"),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            forthwith.domain.words.State["RECEIVED"],
                            forthwith.domain.words.State["IN_REVIEW"],
                            forthwith.domain.words.State["INFORMATION_REQUESTED"],
                            forthwith.domain.words.State["SENT_BACK"],
                            forthwith.domain.words.State["DECIDED"],
                            forthwith.domain.words.State["NOTIFIED"],
                            forthwith.domain.words.State["WITHDRAWN"],
                        ],
                    )
                ),
                name="state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            [
                                forthwith.domain.words.State["RECEIVED"],
                                forthwith.domain.words.State["IN_REVIEW"],
                                forthwith.domain.words.State["INFORMATION_REQUESTED"],
                                forthwith.domain.words.State["SENT_BACK"],
                            ],
                        ),
                        _negated=True,
                    ),
                    models.Q(
                        ("decided_at__isnull", True), ("notified_at__isnull", True), ("withdrawn_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="open_has_no_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", forthwith.domain.words.State["WITHDRAWN"]),
                    ("withdrawn_at__isnull", True),
                    _connector="OR",
                ),
                name="only_withdrawn_is_withdrawn_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("notified_at__isnull", True),
                    models.Q(
                        ("notified_at__gte", models.F("decided_at")),
                        ("state", forthwith.domain.words.State["NOTIFIED"]),
                    ),
                    _connector="OR",
                ),
                name="notified_after_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="determination",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("credential_id__isnull", True),
                        (
                            "reviewer_kind__in",
                            [
                                forthwith.domain.reviewers.ReviewerKind["RULE"],
                                forthwith.domain.reviewers.ReviewerKind["STAFF"],
                            ],
                        ),
                    ),
                    models.Q(
                        ("credential_id__isnull", False),
                        ("licence_expires_on__isnull", False),
                        (
                            "reviewer_kind__in",
                            [
                                forthwith.domain.reviewers.ReviewerKind["NURSE"],
                                forthwith.domain.reviewers.ReviewerKind["PHARMACIST"],
                                forthwith.domain.reviewers.ReviewerKind["PHYSICIAN"],
                            ],
                        ),
                        ("statement_expires_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="licensed_by_credential",
            ),
        ),
        migrations.AddConstraint(
            model_name="determination",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome", forthwith.domain.words.Outcome["NOT_CERTIFIED"]), ("units_approved__isnull", True)
                    ),
                    models.Q(
                        models.Q(("outcome", forthwith.domain.words.Outcome["NOT_CERTIFIED"]), _negated=True),
                        ("units_approved__gt", 0),
                        ("units_approved__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="units_only_when_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(fields=("id", "authorization", "tenant"), name="line_of_authorization"),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        [
                            forthwith.domain.words.Outcome["PENDED"],
                            forthwith.domain.words.Outcome["CERTIFIED"],
                            forthwith.domain.words.Outcome["MODIFIED"],
                            forthwith.domain.words.Outcome["NOT_CERTIFIED"],
                            forthwith.domain.words.Outcome["NOT_REQUIRED"],
                            forthwith.domain.words.Outcome["CANCELLED"],
                            forthwith.domain.words.Outcome["CONTACT_PAYER"],
                        ],
                    )
                ),
                name="outcome_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        [
                            forthwith.domain.words.Outcome["CERTIFIED"],
                            forthwith.domain.words.Outcome["MODIFIED"],
                            forthwith.domain.words.Outcome["NOT_CERTIFIED"],
                        ],
                    ),
                    ("determination_id__isnull", True),
                    _connector="OR",
                ),
                name="undecided_has_no_determination",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_from__isnull", False),
                        ("approved_to__gte", models.F("approved_from")),
                        ("approved_to__isnull", False),
                        (
                            "outcome__in",
                            [forthwith.domain.words.Outcome["CERTIFIED"], forthwith.domain.words.Outcome["MODIFIED"]],
                        ),
                        ("units_approved__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "outcome__in",
                                [
                                    forthwith.domain.words.Outcome["CERTIFIED"],
                                    forthwith.domain.words.Outcome["MODIFIED"],
                                ],
                            ),
                            _negated=True,
                        ),
                        ("approved_from__isnull", True),
                        ("approved_to__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="approved_has_units_and_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticegiven",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("means__in", ["portal", "fhir", "mail", "fax", "oral"]),
                    ("recipient__in", ["requester", "member"]),
                    models.Q(("by_name", ""), _negated=True),
                ),
                name="notice_to_somebody_by_some_means",
            ),
        ),
        *(
            same_tenant(f"authorizations_{name}", "authorization_id", AUTHORIZATION)
            for name in ("line", "determination", "noticegiven", "informationrequest", "attachment", "submission")
        ),
        migrations.RunSQL(
            "ALTER TABLE authorizations_determination DROP CONSTRAINT determination_of_line;"
            "ALTER TABLE authorizations_determination ADD CONSTRAINT determination_of_line "
            "FOREIGN KEY (line_id, authorization_id, tenant_id) "
            "REFERENCES authorizations_line (id, authorization_id, tenant_id) DEFERRABLE INITIALLY DEFERRED;"
            "ALTER TABLE authorizations_determination ADD CONSTRAINT decided_on_its_day "
            "CHECK (abs(decided_on - (decided_at AT TIME ZONE 'UTC')::date) <= 1)",
            "ALTER TABLE authorizations_determination DROP CONSTRAINT decided_on_its_day;"
            "ALTER TABLE authorizations_determination DROP CONSTRAINT determination_of_line;"
            "ALTER TABLE authorizations_determination ADD CONSTRAINT determination_of_line "
            "FOREIGN KEY (line_id) REFERENCES authorizations_line (id) DEFERRABLE INITIALLY DEFERRED",
        ),
        narrow(
            AUTHORIZATION,
            update_columns=[
                "state",
                "status",
                "open_lines",
                "version",
                "moments",
                "due_at",
                "due_rule",
                "changed_at",
                "decided_at",
                "notified_at",
                "withdrawn_at",
            ],
        ),
        narrow(
            "authorizations_line",
            update_columns=[
                "clock",
                "due_at",
                "outcome",
                "determination_id",
                "units_approved",
                "approved_from",
                "approved_to",
                "authorization_number",
            ],
        ),
        narrow(
            "authorizations_informationrequest",
            update_columns=["answer", "answers", "answered_by_name", "answered_at"],
        ),
        narrow("authorizations_attachment", update_columns=["authorization_id", "draft_id", "scan"]),
    ]
