"""The rules the program comes with: therapy pairs and limits of 2024Q3, values and amounts by year.

CMS's own files take their place once they are loaded (`manage.py load_rules`, Rule data).
"""

import csv
import datetime as dt
from importlib import import_module
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"
PAIRS_SOURCE = "Starter set: CMS NCCI practitioner file in force on July 1, 2024 (2024Q3)"
LIMITS_SOURCE = "Starter set: CMS MUE practitioner table of July 1, 2024 (2024Q3)"


def rows_of(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text):
    return dt.date.fromisoformat(text) if text else None


def load(apps, schema_editor):
    import_module("documentation.migrations.0004_load_procedure_codes").load(apps, schema_editor)
    import_module("billing.migrations.0003_load_code_rules").load(apps, schema_editor)

    def model(name):
        return apps.get_model("billing", name).objects

    model("NcciPair").bulk_create(
        model("NcciPair").model(
            column1=row["column1"],
            column2=row["column2"],
            modifier_indicator=int(row["modifier_indicator"]),
            effective_on=day(row["effective_on"]),
            deleted_on=day(row["deleted_on"]),
            source=PAIRS_SOURCE,
        )
        for row in rows_of("ncci_pairs_2024q3.csv")
    )
    model("UnitLimit").bulk_create(
        model("UnitLimit").model(
            code=row["code"],
            units=int(row["units"]),
            adjudication_indicator=int(row["adjudication_indicator"]),
            effective_from=dt.date(2024, 7, 1),
            source=LIMITS_SOURCE,
        )
        for row in rows_of("mue_2024q3.csv")
    )
    model("RelativeValue").bulk_create(
        model("RelativeValue").model(
            code=row["code"],
            effective_from=day(row["effective_from"]),
            effective_to=day(row["effective_to"]),
            work=row["work"],
            practice_expense=row["practice_expense"],
            malpractice=row["malpractice"],
            mppr=row["mppr"] == "yes",
            source=f"Starter set: {row['source']}",
        )
        for row in rows_of("relative_values.csv")
    )
    model("ConversionFactor").bulk_create(
        model("ConversionFactor").model(
            effective_from=day(row["effective_from"]),
            effective_to=day(row["effective_to"]),
            amount=row["amount"],
            source=row["source"],
        )
        for row in rows_of("conversion_factors.csv")
    )
    model("MedicareAmounts").bulk_create(
        model("MedicareAmounts").model(
            effective_from=dt.date(int(row["year"]), 1, 1),
            effective_to=dt.date(int(row["year"]), 12, 31),
            pt_slp_threshold=row["pt_slp_threshold"],
            ot_threshold=row["ot_threshold"],
            medical_review=row["medical_review"],
            deductible=row["deductible"] or None,
            assistant_share=row["assistant_share"],
            source=row["source"],
        )
        for row in rows_of("medicare_amounts.csv")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_rule_data_notices_and_year_use"),
        ("documentation", "0004_load_procedure_codes"),
    ]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
