"""Plans of care as they were sent to the providers who certify them, and their papers."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documentation", "0022_guard_letters"),
        ("people", "0017_links_for_certifying_providers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanSending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.JSONField(editable=False, help_text="The plan as it was sent.")),
                ("content_sha256", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("handed_over_proof", models.CharField(blank=True, max_length=200)),
                ("opened_at", models.DateTimeField(help_text="First read on the link.", null=True)),
                ("wrong_npis", models.PositiveSmallIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for an answer"),
                            ("signed", "Signed"),
                            ("returned", "Returned"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("changed", "The plan was changed"),
                            ("taken_back", "Taken back"),
                            ("sent_again", "Sent again"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[("link", "On the secure link"), ("paper", "On paper")],
                        max_length=5,
                    ),
                ),
                (
                    "signature",
                    models.JSONField(editable=False, help_text="Who signed, when, how.", null=True),
                ),
                ("image", models.BinaryField(help_text="The drawn signature, PNG.", null=True)),
                ("signed_sha256", models.CharField(blank=True, max_length=64)),
                ("remark", models.TextField(blank=True, max_length=1000)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sendings",
                        to="documentation.planofcare",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.referringprovider",
                    ),
                ),
                (
                    "seen_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-sent_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PlanPdf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("ready", "Ready"), ("failed", "Failed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("file_bytes", models.BinaryField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("made_at", models.DateTimeField(null=True)),
                ("waiting_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=300)),
                (
                    "copy",
                    models.CharField(
                        choices=[("sent", "As it was sent"), ("signed", "Signed")],
                        default="sent",
                        max_length=6,
                    ),
                ),
                (
                    "sending",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pdfs",
                        to="documentation.plansending",
                    ),
                ),
            ],
            options={
                "ordering": ["sending", "copy"],
            },
        ),
        migrations.AddIndex(
            model_name="plansending",
            index=models.Index(
                condition=models.Q(("seen_at", None), ("status__in", ["signed", "returned"])),
                fields=["closed_at"],
                name="plan_answer_unseen",
            ),
        ),
        migrations.AddConstraint(
            model_name="plansending",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")),
                fields=("plan",),
                name="one_open_sending_of_a_plan",
            ),
        ),
        migrations.AddConstraint(
            model_name="plansending",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "signed")),
                fields=("plan",),
                name="one_signature_under_a_plan",
            ),
        ),
        migrations.AddConstraint(
            model_name="plansending",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("sent_at"))),
                name="a_sending_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="plansending",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handed_over_at", None), ("handed_over_proof", "")),
                    models.Q(
                        models.Q(("handed_over_proof", ""), _negated=True),
                        ("handed_over_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_sending_that_left_has_proof",
            ),
        ),
        migrations.AddConstraint(
            model_name="plansending",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("status", "open")),
                    models.Q(
                        models.Q(("status", "open"), _negated=True), ("closed_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="an_answered_sending_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="plansending",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("how", ""), _negated=True),
                        models.Q(("signed_sha256", ""), _negated=True),
                        ("signature__isnull", False),
                        ("status", "signed"),
                    ),
                    models.Q(
                        models.Q(("status", "signed"), _negated=True),
                        ("image", None),
                        ("signature__isnull", True),
                        ("signed_sha256", ""),
                    ),
                    _connector="OR",
                ),
                name="a_signature_of_a_sending_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="plansending",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("remark", ""), _negated=True),
                        models.Q(("how", ""), _negated=True),
                        ("status", "returned"),
                    ),
                    models.Q(models.Q(("status", "returned"), _negated=True), ("remark", "")),
                    _connector="OR",
                ),
                name="a_returned_plan_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="plansending",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("why", ""), _negated=True),
                        ("status__in", ["withdrawn", "expired"]),
                    ),
                    models.Q(
                        models.Q(("status__in", ["withdrawn", "expired"]), _negated=True),
                        ("why", ""),
                    ),
                    _connector="OR",
                ),
                name="a_withdrawn_plan_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="planpdf",
            constraint=models.UniqueConstraint(
                fields=("sending", "copy"), name="one_pdf_of_each_copy"
            ),
        ),
        migrations.AddConstraint(
            model_name="planpdf",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "ready"), _negated=True),
                    ("file_bytes__isnull", False),
                    _connector="OR",
                ),
                name="a_ready_plan_has_bytes",
            ),
        ),
    ]
