"""How billing treats each procedure code: always or sometimes therapy, reduced when repeated."""

import csv
import datetime as dt
from pathlib import Path

from django.db import migrations

ROWS = Path(__file__).resolve().parent.parent / "data" / "code_rules.csv"


def load(apps, schema_editor):
    known = set(
        apps.get_model("documentation", "ProcedureCode").objects.values_list("code", flat=True)
    )
    code_rule = apps.get_model("billing", "CodeRule")
    have = set(code_rule.objects.values_list("code_id", flat=True))
    with ROWS.open(encoding="utf-8", newline="") as file:
        code_rule.objects.bulk_create(
            code_rule(
                code_id=row["code"],
                therapy=row["therapy"],
                mppr=row["mppr"] == "yes",
                effective_from=dt.date.fromisoformat(row["effective_from"]),
                source=row["source"],
            )
            for row in csv.DictReader(file)
            if row["code"] in known and row["code"] not in have
        )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_guard_what_left_the_house"),
        ("documentation", "0004_load_procedure_codes"),
    ]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
