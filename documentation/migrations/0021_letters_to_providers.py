"""Letters to referring providers, and how they leave the house."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import documentation.models.letter


class Migration(migrations.Migration):
    dependencies = [
        ("documentation", "0020_guard_amended_notes"),
        ("people", "0016_letters_to_providers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "fax_by",
                    models.CharField(
                        choices=[
                            ("file", "Put in the folder of the fax machine"),
                            ("gateway", "Sent to a fax service by e-mail"),
                        ],
                        default="file",
                        max_length=7,
                        verbose_name="faxes are",
                    ),
                ),
                (
                    "fax_gateway",
                    models.CharField(
                        blank=True,
                        help_text="As the service says, with {number} for the fax number: {number}@fax.example.com",
                        max_length=120,
                        validators=[documentation.models.letter.validate_gateway],
                        verbose_name="address at the fax service",
                    ),
                ),
                (
                    "email_by",
                    models.CharField(
                        choices=[
                            ("file", "Put in the folder"),
                            ("mail", "Sent over the mail server"),
                        ],
                        default="file",
                        max_length=7,
                        verbose_name="e-mails are",
                    ),
                ),
                (
                    "link_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="After so many days the link in an e-mail no longer opens.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="days a link opens",
                    ),
                ),
                (
                    "reports_since",
                    models.DateTimeField(
                        blank=True,
                        help_text="Progress reports signed since then go to the referring provider by themselves.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="one_row_of_letter_settings"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fax_by", "gateway"), _negated=True),
                            models.Q(("fax_gateway", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_fax_service_has_an_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("progress", "Report")], max_length=8)),
                (
                    "content_sha256",
                    models.CharField(help_text="Of what was signed, or is sent.", max_length=64),
                ),
                (
                    "channel",
                    models.CharField(choices=[("fax", "Fax"), ("email", "E-mail")], max_length=5),
                ),
                ("to", models.CharField(blank=True, max_length=254)),
                ("source_key", models.CharField(max_length=120, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Not delivered"),
                            ("withheld", "Not sent"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=200)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "carrier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("file", "Put in the folder"),
                            ("mail", "The mail server"),
                            ("gateway", "A fax service, by e-mail"),
                        ],
                        max_length=7,
                    ),
                ),
                ("sending_since", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "receipt",
                    models.CharField(
                        blank=True, help_text="The carrier's name for it.", max_length=200
                    ),
                ),
                (
                    "paper_sha256",
                    models.CharField(blank=True, help_text="Of the PDF as it went.", max_length=64),
                ),
                ("opened_at", models.DateTimeField(help_text="First read on its link.", null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        help_text="Nobody: the practice has them sent by themselves.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "instead_of",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sent_again_as",
                        to="documentation.providerletter",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="documentation.note",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.patient",
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
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "waiting")),
                        fields=["not_before"],
                        name="letter_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ["failed", "sending"])),
                        fields=["-created_at"],
                        name="letter_to_settle",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind", "progress"), ("note__isnull", False)),
                        name="a_letter_carries_one_paper",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "sent"), _negated=True),
                            models.Q(
                                ("sent_at__isnull", False), models.Q(("to", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="a_sent_letter_says_when_and_where_to",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "sending"), _negated=True),
                            ("sending_since__isnull", False),
                            _connector="OR",
                        ),
                        name="a_letter_on_its_way_says_since_when",
                    ),
                ],
            },
        ),
    ]
