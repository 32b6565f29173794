"""A kiosk stands under a secret address; how many tries may fail is a rule of the clinic."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_merge_duplicates"),
        ("scheduling", "0010_words_to_begin_with"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="deskrules",
            name="kiosk_most_tries",
            field=models.PositiveSmallIntegerField(
                default=10,
                help_text="After so many, of one kiosk or from one address, everybody is sent to the desk.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(1000),
                ],
                verbose_name="kiosk: tries that fail",
            ),
        ),
        migrations.AddField(
            model_name="deskrules",
            name="kiosk_tries_minutes",
            field=models.PositiveSmallIntegerField(
                default=15,
                help_text="Until fewer have failed in this time.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(1440),
                ],
                verbose_name="kiosk: counted over",
            ),
        ),
        migrations.AddField(
            model_name="kiosk",
            name="token_sha256",
            field=models.CharField(default="", editable=False, max_length=64, unique=True),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="kiosk",
            name="made_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AlterField(
            model_name="kiosk",
            name="made_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="kiosk",
            name="revoked_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="kiosktry",
            index=models.Index(fields=["from_address", "-at"], name="kiosk_try_by_address"),
        ),
        migrations.AddConstraint(
            model_name="kiosk",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("clinic", "name"),
                name="one_open_kiosk_per_name",
                violation_error_message="This clinic has a kiosk of that name: revoke it first.",
            ),
        ),
    ]
