"""Each day of a plan's certification gets a place for what it rests on."""

import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documentation", "0015_keep_the_examination"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="planofcare",
            name="amount_per_day",
            field=models.PositiveSmallIntegerField(
                default=1,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(4),
                ],
                verbose_name="treatments a day",
            ),
        ),
        migrations.AddField(
            model_name="planofcare",
            name="delay_reason",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="why it was certified late"
            ),
        ),
        migrations.AddField(
            model_name="planofcare",
            name="sent_proof",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="what shows that it arrived"
            ),
        ),
        migrations.AddField(
            model_name="planofcare",
            name="signed_by_name",
            field=models.CharField(blank=True, max_length=120, verbose_name="signed by"),
        ),
        migrations.AddField(
            model_name="planofcare",
            name="signed_proof",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="where the signature is kept"
            ),
        ),
        migrations.AddField(
            model_name="planofcare",
            name="verbal_by",
            field=models.CharField(blank=True, max_length=120, verbose_name="ordered by"),
        ),
        migrations.AddField(
            model_name="planofcare",
            name="verbal_on",
            field=models.DateField(blank=True, null=True, verbose_name="ordered by word of mouth"),
        ),
    ]
