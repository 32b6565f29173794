"""Until when a patient's plans of care reach: told by documentation, asked by whoever books."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max

from people.models import Patient
from scheduling.models import CareWindow


@transaction.atomic
def write_down(*, patient: Patient, case: int, discipline: str, ends_on: dt.date) -> None:
    """Remember the last day of a case's plans. Twice is once; a newer day replaces the older."""
    CareWindow.objects.update_or_create(
        case=case, defaults={"patient": patient, "discipline": discipline, "ends_on": ends_on}
    )


def ends_on(patient: Patient, *, discipline: str) -> dt.date | None:
    """The last day any of the patient's cases of this discipline is planned for; `None` when no
    plan has been written yet."""
    last: dt.date | None = CareWindow.objects.filter(
        patient=patient, discipline=discipline
    ).aggregate(last=Max("ends_on"))["last"]
    return last
