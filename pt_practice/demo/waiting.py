"""The demo's authorizations in every state, and a dozen patients on the wait list."""

from __future__ import annotations

import datetime as dt
import random

from django.utils import timezone

from people.models import Authorization, Patient
from pt_practice.demo.house import House
from pt_practice.demo.weeks import Cases
from scheduling.models import Appointment, WaitListEntry

LEFT = (0, 1, 2, 5, 8)  # visits that are left of one authorization after the other
MOST_WITHOUT = 2  # visits that are booked before the renewal has come
RENEWAL = "Renewal has been asked for"
WISHES = [
    # weekdays, not before, not after, notice in hours, urgent, remark
    ([], None, dt.time(12), 2, True, "New fall at home; call first."),
    ([0, 2, 4], None, dt.time(12), 4, False, ""),
    ([], dt.time(13), None, 2, False, "Comes by bus, 40 minutes."),
    ([1, 3], None, None, 24, False, ""),
    ([], None, None, 1, False, "Lives next door."),
    ([], dt.time(15), None, 4, False, "After school."),
    ([0, 1, 2, 3], None, dt.time(12), 12, False, ""),
    ([], None, None, 2, True, "Flies out on the 20th."),
    ([4], None, None, 24, False, ""),
    ([], dt.time(9), dt.time(15), 2, False, ""),
    ([0, 1], None, None, 4, False, ""),
    ([], None, dt.time(11), 2, False, "Works from noon."),
]


def reserve(house: House, today: dt.date) -> None:
    """Every live visit draws on its authorization; some are nearly spent, some have just ended."""
    desk = house.users["desk@riverbend.example"]
    rows = list(Authorization.objects.select_related("coverage__patient__clinic").order_by("pk"))
    changed: list[Appointment] = []
    for number, held in enumerate(rows):
        patient = held.coverage.patient
        is_renewed = number % 4 > 0
        if is_renewed and held.ends_on < today:
            held.ends_on = today + dt.timedelta(days=45)
        without = 0
        visits = list(Appointment.objects.live().filter(patient=patient).order_by("starts_at"))
        for visit in visits:
            on = visit.starts_at.astimezone(patient.clinic.zone).date()
            if held.is_active_on(on):
                visit.authorization = held
            elif on >= today and not is_renewed and without < MOST_WITHOUT:
                without += 1
                visit.over_budget_reason, visit.over_budget_by = RENEWAL, desk
                visit.over_budget_at = min(visit.booked_at, timezone.now())
        drawn = sum(visit.authorization_id == held.pk for visit in visits)
        held.visits_approved = max(drawn + LEFT[number % len(LEFT)], 1)
        changed += visits
    Appointment.objects.bulk_update(
        changed, ["authorization", "over_budget_reason", "over_budget_by", "over_budget_at"]
    )
    Authorization.objects.bulk_update(rows, ["visits_approved", "ends_on"])


def build_wait_list(
    house: House, patients: list[Patient], cases: Cases, chance: random.Random
) -> None:
    desk = house.users["desk@riverbend.example"]
    now = timezone.now()
    chosen = chance.sample(patients, k=min(len(WISHES), len(patients)))
    entries = [
        WaitListEntry(
            patient=patient,
            type=house.types[cases[patient.pk][0].visit_type],
            weekdays=weekdays,
            from_time=from_time,
            to_time=to_time,
            notice_hours=notice,
            priority="urgent" if urgent else "normal",
            remark=remark,
            made_at=now - dt.timedelta(days=chance.randint(1, 24), hours=chance.randint(0, 8)),
            made_by=desk,
        )
        for patient, (weekdays, from_time, to_time, notice, urgent, remark) in zip(
            chosen, WISHES, strict=False
        )
    ]
    WaitListEntry.objects.bulk_create(entries)
    for number, entry in enumerate(entries):
        if number % 3 == 1:  # a third want their own therapist
            entry.therapists.set([cases[entry.patient_id][1].therapist])
