import django.utils.timezone
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
