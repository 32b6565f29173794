"""A letter to a provider carries a report or a plan of care."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documentation", "0025_lead_times"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="providerletter",
            name="a_letter_carries_one_paper",
        ),
        migrations.AddField(
            model_name="providerletter",
            name="sending",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="documentation.plansending",
            ),
        ),
        migrations.AlterField(
            model_name="providerletter",
            name="kind",
            field=models.CharField(
                choices=[("progress", "Report"), ("plan", "Plan of care")], max_length=8
            ),
        ),
        migrations.AddConstraint(
            model_name="providerletter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "progress"), ("note__isnull", False), ("sending", None)),
                    models.Q(("kind", "plan"), ("note", None), ("sending__isnull", False)),
                    _connector="OR",
                ),
                name="a_letter_carries_one_paper",
            ),
        ),
    ]
