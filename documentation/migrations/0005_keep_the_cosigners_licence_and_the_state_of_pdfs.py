import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documentation", "0004_load_procedure_codes")]

    operations = [
        migrations.AddField(
            model_name="note",
            name="cosigner_licence",
            field=models.CharField(blank=True, max_length=30, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="notepdf",
            name="addenda_shown",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="notepdf",
            name="waiting_since",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name="episodediagnosis",
            name="code",
            field=models.CharField(
                max_length=8,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Z][0-9A-Z]{2}(\\.[0-9A-Z]{1,4})?$", "Write a code such as I69.354."
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="planofcare",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cosigned_at", None),
                    ("cosigned_by", None),
                )
                | models.Q(
                    ("cosigned_at__isnull", False),
                    ("cosigned_by__isnull", False),
                    ("signed_at__isnull", False),
                ),
                name="a_cosignature_is_whole",
            ),
        ),
    ]
