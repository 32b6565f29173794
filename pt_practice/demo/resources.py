"""The demo's Balance group, twice a week, and the equipment that its visits use."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from people.models import Patient, Therapist
from pt_practice.demo.house import House, is_away
from scheduling.models import Appointment, Equipment, EquipmentKind, EquipmentUse, Group, Room

MEETS_ON = (1, 3)  # Tuesdays and Thursdays
MEETS_AT = dt.time(11)
MEMBERS = (5, 6, 4)  # of six, in turn
PIECES = [("Treadmill", "Treadmill 1"), ("Treadmill", "Treadmill 2"), ("Harness", "BWS harness")]
ON_A_PIECE = "Neuro follow-up"


def leader(house: House) -> Therapist:
    """Who leads the group: the first physical therapist of the first clinic."""
    clinic = house.clinics[0]
    return next(
        t
        for t in house.therapists
        if t.discipline == "PT" and not t.is_assistant and clinic in t.user.clinics.all()
    )


def meets(house: House, therapist: Therapist, day: dt.date, start: dt.time, today: dt.date) -> bool:
    """Whether this hour belongs to the group, which has met from today on."""
    is_day = day >= today and day.weekday() in MEETS_ON
    return is_day and start == MEETS_AT and therapist == leader(house)


def build_groups(
    house: House,
    patients: Iterable[Patient],
    appointments: Iterable[Appointment],
    today: dt.date,
    room: Room | None,
) -> None:
    """Who has nothing else that day comes, each in turn."""
    clinic, kind, by = house.clinics[0], house.types["Balance group"], leader(house)
    busy: dict[dt.date, set[int]] = defaultdict(set)
    for row in appointments:
        busy[row.starts_at.astimezone(clinic.zone).date()].add(row.patient_id)
    days = sorted(day for day in busy if day >= today and day.weekday() in MEETS_ON)
    days = [day for day in days if not is_away(house, by, day, today)]
    starts = [dt.datetime.combine(day, MEETS_AT, clinic.zone) for day in days]
    groups = Group.objects.bulk_create(
        Group(
            therapist=by,
            clinic=clinic,
            room=room,
            type=kind,
            starts_at=start,
            ends_at=start + dt.timedelta(minutes=kind.minutes),
            capacity=kind.capacity,
        )
        for start in starts
    )
    regulars = [patient for patient in patients if patient.clinic_id == clinic.pk]
    members = []
    for number, (group, day) in enumerate(zip(groups, days, strict=True)):
        free = [patient for patient in regulars if patient.pk not in busy[day]]
        for place, patient in enumerate(free[: MEMBERS[number % len(MEMBERS)]]):
            members.append(
                Appointment(
                    patient=patient,
                    therapist=by,
                    clinic=clinic,
                    room=room,
                    type=kind,
                    group=group,
                    starts_at=group.starts_at,
                    ends_at=group.ends_at,
                    status=Appointment.Status.CONFIRMED if place % 2 else Appointment.Status.BOOKED,
                    booked_by=house.users["desk@riverbend.example"],
                    booked_at=group.starts_at - dt.timedelta(days=9),
                )
            )
    Appointment.objects.bulk_create(members, batch_size=500)


def build_equipment(house: House, appointments: Iterable[Appointment], today: dt.date) -> None:
    """Two treadmills and a harness; the first neuro visits of each hour hold a treadmill."""
    clinic = house.clinics[0]
    kinds = {
        name: EquipmentKind.objects.create(name=name)
        for name in dict.fromkeys(n for n, _ in PIECES)
    }
    pieces = [
        Equipment.objects.create(clinic=clinic, kind=kinds[kind], name=name)
        for kind, name in PIECES
    ]
    treadmills = [piece for piece in pieces if piece.kind.name == "Treadmill"]
    held: dict[dt.datetime, int] = defaultdict(int)
    uses = []
    for row in appointments:
        on_one = row.type.name == ON_A_PIECE and row.clinic_id == clinic.pk and row.is_live
        if not on_one or row.starts_at.astimezone(clinic.zone).date() < today:
            continue
        if held[row.starts_at] < len(treadmills):
            uses.append(
                EquipmentUse(
                    appointment=row,
                    equipment=treadmills[held[row.starts_at]],
                    starts_at=row.starts_at,
                    ends_at=row.ends_at,
                )
            )
            held[row.starts_at] += 1
    EquipmentUse.objects.bulk_create(uses, batch_size=500)
