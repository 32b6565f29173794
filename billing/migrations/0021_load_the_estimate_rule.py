"""The numbers of the federal rule on good-faith estimates, as they have held since 2022."""

import datetime as dt

from django.db import migrations

RULE = {
    "effective_from": dt.date(2022, 1, 1),
    "source": "45 CFR 149.610(b)(1)(vi) and (c)(1); 45 CFR 149.620 (86 FR 55980)",
    "near_from_days": 3,
    "near_within_days": 1,
    "far_from_days": 10,
    "far_within_days": 3,
    "asked_within_days": 3,
    "dispute_over": "400.00",
    "dispute_days": 120,
    "dispute_where": "www.cms.gov/nosurprises or 1-800-985-3059",
    "most_months": 12,
}


def load(apps, schema_editor):
    rules = apps.get_model("billing", "EstimateRule").objects
    if not rules.exists():
        rules.create(**RULE)


class Migration(migrations.Migration):
    dependencies = [("billing", "0020_guard_superbills_and_estimates")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
