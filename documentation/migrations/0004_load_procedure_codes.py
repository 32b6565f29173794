"""Load the codes that therapists log, under our own labels (the AMA's descriptors are its own)."""

import csv
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "procedure_codes.csv"


def load(apps, schema_editor):
    """Adds the codes that are not there; a label somebody has changed since stays as it is."""
    ProcedureCode = apps.get_model("documentation", "ProcedureCode")
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # Codes that others add on to come first.
    for row in sorted(rows, key=lambda row: (bool(row["base_code"]), row["code"])):
        ProcedureCode.objects.get_or_create(
            code=row["code"],
            defaults={
                "label": row["label"],
                "kind": row["kind"],
                "timed": row["timed"] == "yes",
                "minutes_per_unit": int(row["minutes_per_unit"])
                if row["minutes_per_unit"]
                else None,
                "base_code_id": row["base_code"] or None,
                "disciplines": row["disciplines"].split(),
                "is_active": row["is_active"] == "yes",
                "source": row["source"],
            },
        )


class Migration(migrations.Migration):
    dependencies = [("documentation", "0003_guard_signed_notes")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
