"""Scheduling learns where the plans of care that exist already end; later ones are told it by
the verbs that write them."""

import datetime as dt

from django.db import migrations

LONGEST_CERTIFICATION = 90
BATCH = 500


def tell(apps, schema_editor):
    Episode = apps.get_model("documentation", "Episode")
    PlanOfCare = apps.get_model("documentation", "PlanOfCare")
    CareWindow = apps.get_model("scheduling", "CareWindow")
    plans = {}
    for plan in PlanOfCare.objects.order_by("episode_id", "starts_on").iterator(BATCH):
        plans.setdefault(plan.episode_id, []).append((plan.starts_on, plan.duration_weeks))
    windows = []
    for episode in Episode.objects.filter(pk__in=plans).iterator(BATCH):
        ends = []
        for number, (starts_on, weeks) in enumerate(plans[episode.pk]):
            begins_on = starts_on if number else min(episode.started_on, starts_on)
            ends.append(
                min(
                    starts_on + dt.timedelta(days=7 * weeks - 1),
                    begins_on + dt.timedelta(days=LONGEST_CERTIFICATION - 1),
                )
            )
        ends_on = max(ends)
        if episode.discharged_on is not None:
            ends_on = min(ends_on, episode.discharged_on)
        windows.append(
            CareWindow(
                case=episode.pk,
                patient_id=episode.patient_id,
                discipline=episode.discipline,
                ends_on=ends_on,
            )
        )
    CareWindow.objects.bulk_create(windows, batch_size=BATCH, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("documentation", "0006_guard_signed_notes_against_races"),
        ("scheduling", "0002_book_visits_in_series"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
