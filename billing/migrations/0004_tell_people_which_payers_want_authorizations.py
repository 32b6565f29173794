"""The desk asks for an authorization where the payer's policy wants one on claims."""

import datetime as dt

from django.db import migrations
from django.db.models import Q


def tell(apps, schema_editor):
    """Run again it marks the same payers."""
    policies = apps.get_model("billing", "PayerPolicy").objects.filter(authorization_needed=True)
    today = dt.datetime.now(tz=dt.UTC).date()
    in_force = policies.filter(Q(effective_to=None) | Q(effective_to__gte=today))
    apps.get_model("people", "Payer").objects.filter(pk__in=in_force.values("payer")).update(
        needs_authorization=True
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_load_code_rules"),
        ("people", "0008_payers_that_need_an_authorization"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
