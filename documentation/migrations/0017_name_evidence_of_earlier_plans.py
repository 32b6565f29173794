"""Plans that were sent or signed before there was a place for evidence say where it came from."""

from django.db import migrations
from django.db.models import Q

BY_HAND = "Entered by hand, without a record"


def say(apps, schema_editor):
    PlanOfCare = apps.get_model("documentation", "PlanOfCare")
    PlanOfCare.objects.filter(~Q(sent_on=None), sent_proof="").update(sent_proof=BY_HAND)
    PlanOfCare.objects.filter(~Q(signed_on=None), signed_by_name="").update(
        signed_by_name="Referring provider", signed_proof=BY_HAND
    )


class Migration(migrations.Migration):
    dependencies = [("documentation", "0016_say_what_certifications_rest_on")]

    operations = [migrations.RunPython(say, migrations.RunPython.noop)]
