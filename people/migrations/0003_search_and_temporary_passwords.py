"""Search by folded name and by telephone number; temporary passwords; closer checks on cards."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.functions.text
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

import people.validators

# Functions are called by their full names: a dump is restored with an empty search path.
FOLD = """
CREATE FUNCTION people_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT translate(
        lower(public.unaccent('public.unaccent'::regdictionary, normalize($1, NFKC))),
        '-''’‘`.,', ' '
    )
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_guard_the_audit_line"),
    ]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION people_fold(text)"),
        migrations.AddField(
            model_name="user",
            name="password_is_temporary",
            field=models.BooleanField(
                default=False, editable=False, help_text="Nothing opens until it has been replaced."
            ),
        ),
        migrations.AlterField(
            model_name="authorization",
            name="codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    max_length=5,
                    validators=[
                        django.core.validators.RegexValidator(
                            "^[0-9A-Z]\\d{3}[0-9A-Z]$", "A code has 5 characters, as 97112."
                        )
                    ],
                ),
                blank=True,
                default=list,
                help_text="Empty: any code.",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="authorization",
            name="units_approved",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)]
            ),
        ),
        migrations.AlterField(
            model_name="authorization",
            name="visits_approved",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)]
            ),
        ),
        migrations.AlterField(
            model_name="coverage",
            name="coinsurance_percent",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="coinsurance, percent",
            ),
        ),
        migrations.AlterField(
            model_name="coverage",
            name="subscriber_postal_code",
            field=models.CharField(
                blank=True,
                max_length=10,
                validators=[people.validators.validate_postal_code],
                verbose_name="subscriber ZIP code",
            ),
        ),
        migrations.AlterField(
            model_name="coverage",
            name="subscriber_state",
            field=models.CharField(
                blank=True,
                choices=[
                    ("AL", "AL"),
                    ("AK", "AK"),
                    ("AZ", "AZ"),
                    ("AR", "AR"),
                    ("CA", "CA"),
                    ("CO", "CO"),
                    ("CT", "CT"),
                    ("DE", "DE"),
                    ("DC", "DC"),
                    ("FL", "FL"),
                    ("GA", "GA"),
                    ("HI", "HI"),
                    ("ID", "ID"),
                    ("IL", "IL"),
                    ("IN", "IN"),
                    ("IA", "IA"),
                    ("KS", "KS"),
                    ("KY", "KY"),
                    ("LA", "LA"),
                    ("ME", "ME"),
                    ("MD", "MD"),
                    ("MA", "MA"),
                    ("MI", "MI"),
                    ("MN", "MN"),
                    ("MS", "MS"),
                    ("MO", "MO"),
                    ("MT", "MT"),
                    ("NE", "NE"),
                    ("NV", "NV"),
                    ("NH", "NH"),
                    ("NJ", "NJ"),
                    ("NM", "NM"),
                    ("NY", "NY"),
                    ("NC", "NC"),
                    ("ND", "ND"),
                    ("OH", "OH"),
                    ("OK", "OK"),
                    ("OR", "OR"),
                    ("PA", "PA"),
                    ("RI", "RI"),
                    ("SC", "SC"),
                    ("SD", "SD"),
                    ("TN", "TN"),
                    ("TX", "TX"),
                    ("UT", "UT"),
                    ("VT", "VT"),
                    ("VA", "VA"),
                    ("WA", "WA"),
                    ("WV", "WV"),
                    ("WI", "WI"),
                    ("WY", "WY"),
                    ("AS", "AS"),
                    ("GU", "GU"),
                    ("MP", "MP"),
                    ("PR", "PR"),
                    ("VI", "VI"),
                ],
                max_length=2,
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    models.Func(
                        django.db.models.functions.text.Concat(
                            models.Value(" "),
                            "last_name",
                            models.Value(" "),
                            "first_name",
                            models.Value(" "),
                            "preferred_name",
                            models.Value(" "),
                            "middle_name",
                            output_field=models.TextField(),
                        ),
                        function="people_fold",
                        output_field=models.TextField(),
                    ),
                    "gin_trgm_ops",
                ),
                name="patient_by_folded_name",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Concat(
                        "mobile_phone",
                        models.Value(" "),
                        "home_phone",
                        models.Value(" "),
                        "mrn",
                        output_field=models.TextField(),
                    ),
                    "gin_trgm_ops",
                ),
                name="patient_by_number",
            ),
        ),
    ]
