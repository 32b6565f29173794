"""Links for the providers who certify plans of care."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0016_letters_to_providers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="patientlink",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("appointment", "Confirm or cancel an appointment"),
                    ("wait_list", "Take an offered time"),
                    ("intake", "Fill in the intake questionnaire"),
                    ("home_program", "Do the home program"),
                    ("measures", "Answer outcome measures"),
                    ("provider_letter", "Read a letter, as the provider it was written to"),
                    ("plan_of_care", "Sign a plan of care"),
                ],
                max_length=20,
            ),
        ),
    ]
