"""Visits that were booked before reservations existed draw on the authorization of their day."""

from django.db import migrations

# The first card first, and of its authorizations the one that ends first: as booking chooses.
IN_ORDER = """
    SELECT held.id
    FROM people_authorization AS held
    JOIN people_coverage AS card ON card.id = held.coverage_id
    ORDER BY card.priority, held.ends_on, held.id
"""
RESERVE = """
    UPDATE scheduling_appointment AS visit
    SET authorization_id = chosen.authorization_id
    FROM (
        SELECT booked.id, held.id AS authorization_id,
               row_number() OVER (ORDER BY booked.starts_at, booked.id) AS number,
               held.visits_approved
        FROM people_authorization AS held
        JOIN people_coverage AS card ON card.id = held.coverage_id
        JOIN scheduling_appointment AS booked ON booked.patient_id = card.patient_id
        JOIN people_clinic AS clinic ON clinic.id = booked.clinic_id
        WHERE held.id = %s
          AND booked.authorization_id IS NULL
          AND booked.status NOT IN ('cancelled', 'no_show')
          AND (booked.starts_at AT TIME ZONE clinic.time_zone)::date
              BETWEEN greatest(held.starts_on, card.starts_on)
              AND least(held.ends_on, card.ends_on)
    ) AS chosen
    WHERE visit.id = chosen.id
      AND (chosen.visits_approved IS NULL OR chosen.number <= chosen.visits_approved)
"""


def reserve(apps, schema_editor):
    """Run again it finds nothing left to do: a visit that has one is left alone."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(IN_ORDER)
        for (authorization_id,) in cursor.fetchall():
            cursor.execute(RESERVE, [authorization_id])


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0005_visit_budget_and_wait_list"),
    ]

    operations = [migrations.RunPython(reserve, migrations.RunPython.noop)]
