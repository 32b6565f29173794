"""How letters reach a referring provider, and the links that their e-mails carry."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0015_students_and_when_a_note_is_late"),
    ]

    operations = [
        migrations.AddField(
            model_name="referringprovider",
            name="letters_by",
            field=models.CharField(
                blank=True,
                choices=[("fax", "Fax"), ("email", "E-mail")],
                help_text="A fax carries the paper itself, an e-mail only a link to it.",
                max_length=5,
                verbose_name="letters go by",
            ),
        ),
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
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="referringprovider",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("letters_by", ""),
                    models.Q(("letters_by", "fax"), models.Q(("fax", ""), _negated=True)),
                    models.Q(("letters_by", "email"), models.Q(("email", ""), _negated=True)),
                    _connector="OR",
                ),
                name="letters_go_where_there_is_an_address",
            ),
        ),
    ]
