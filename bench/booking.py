"""How many bookings a second do many desks make at once, and does any slot get booked twice?

    DATABASE_URL=postgres://… SECRET_KEY=bench python bench/booking.py --writers 32 --seconds 10

Works in a scratch database on that server, which it makes and drops. Five loads: desks spread
over eight therapists, all desks on one therapist's days, all desks after the same slots in the
same order, so that all but one are refused each time; then the same for places in groups of six,
and for two treadmills with eight therapists. Ends with an error when a slot or a treadmill was
booked twice, a group took more than it has places, a writer deadlocked, or anything but "taken" or
"full" was answered.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import os
import random
import statistics
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django

# In place of this folder, whose calendar.py would stand in for Python's own.
sys.path[0] = str(Path(__file__).resolve().parent.parent)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pt_practice.settings")
django.setup()

from django.db import connection, connections  # noqa: E402 -- app ready
from django.test.runner import DiscoverRunner  # noqa: E402 -- app ready
from django.utils import timezone  # noqa: E402 -- app ready

from people.models import Clinic, Patient, Role, Therapist, User  # noqa: E402 -- app ready
from people.validators import npi_check_digit  # noqa: E402 -- app ready
from scheduling import booking  # noqa: E402 -- app ready
from scheduling.models import (  # noqa: E402 -- app ready
    Appointment,
    AppointmentType,
    Equipment,
    EquipmentKind,
    Group,
)

DATABASE = "bench_booking"
THERAPISTS, PATIENTS = 8, 600
HALF_HOUR = dt.timedelta(minutes=30)
SLOTS_A_DAY, DAYS = 20, 60
DOUBLE_BOOKED = """
    SELECT count(*) FROM scheduling_appointment AS one JOIN scheduling_appointment AS other
        ON one.id < other.id
        AND (
            one.therapist_id = other.therapist_id AND one.group_id IS DISTINCT FROM other.group_id
            OR one.therapist_id = other.therapist_id AND one.group_id IS NULL
            OR one.patient_id = other.patient_id
        )
        AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
"""
OVER_CAPACITY = """
    SELECT count(*) FROM scheduling_group AS held WHERE held.capacity <
        (SELECT count(*) FROM scheduling_appointment WHERE group_id = held.id)
"""
PIECES_TWICE = """
    SELECT count(*) FROM scheduling_equipmentuse AS one JOIN scheduling_equipmentuse AS other
        ON one.id < other.id AND one.equipment_id = other.equipment_id
        AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
"""


class House:
    """A clinic with therapists who work as long as it is open, and patients."""

    def __init__(self) -> None:
        self.clinic = Clinic.objects.create(
            name="Bench", time_zone="America/Los_Angeles", phone="+15035550142"
        )
        self.clinic.refresh_from_db()
        self.desk = User.objects.create(email="desk@example.com", roles=[Role.FRONT_DESK])
        self.type = AppointmentType.objects.create(name="Follow-up", minutes=30)
        self.group = AppointmentType.objects.create(name="Balance group", minutes=30, capacity=6)
        kind = EquipmentKind.objects.create(name="Treadmill")
        self.treadmills = [
            Equipment.objects.create(clinic=self.clinic, kind=kind, name=f"Treadmill {number}")
            for number in (1, 2)
        ]
        self.therapists = [self._therapist(number) for number in range(THERAPISTS)]
        self.patients = Patient.objects.bulk_create(
            Patient(
                mrn=f"PT{number:06d}",
                clinic=self.clinic,
                first_name="Ada",
                last_name=f"Bench{number}",
                birth_date=dt.date(1960, 1, 1),
                sex="F",
            )
            for number in range(PATIENTS)
        )
        tomorrow = timezone.now().astimezone(self.clinic.zone).date() + dt.timedelta(days=1)
        self.first = dt.datetime.combine(tomorrow, dt.time(8), self.clinic.zone)

    def _therapist(self, number: int) -> Therapist:
        user = User.objects.create(
            email=f"t{number}@example.com", last_name=f"T{number}", roles=[Role.THERAPIST]
        )
        user.clinics.add(self.clinic)
        nine = f"1{number:08d}"
        return Therapist.objects.create(
            user=user,
            credential="PT",
            npi=nine + str(npi_check_digit(nine)),
            licence_number="B1",
            licence_state="OR",
            licence_expires_on=dt.date(2090, 1, 1),
        )


def write(
    house: House,
    therapists: list[Therapist],
    until: float,
    seed: int,
    *,
    in_step: bool,
    kind: AppointmentType,
    treadmills: list[Equipment],
) -> list[tuple]:
    """One desk: books until the time is up; what came of each try, and how long it took."""
    chance = random.Random(seed)
    tries = []
    slots = range(SLOTS_A_DAY * DAYS)
    try:
        for turn in itertools.count():
            if time.perf_counter() > until:
                break
            slot = slots[turn % len(slots)] if in_step else chance.choice(slots)
            day, place = divmod(slot, SLOTS_A_DAY)
            began = time.perf_counter()
            try:
                booking.book(
                    patient=chance.choice(house.patients),
                    therapist=chance.choice(therapists),
                    clinic=house.clinic,
                    appointment_type=kind,
                    starts_at=house.first + dt.timedelta(days=day) + place * HALF_HOUR,
                    equipment=[chance.choice(treadmills)] if treadmills else (),
                    by=house.desk,
                    anyway=True,
                )
                answer = "booked"
            except booking.SlotTaken:
                answer = "taken"
            except booking.GroupFull:
                answer = "full"
            except Exception as error:
                answer = type(error).__name__
            tries.append((answer, time.perf_counter() - began))
    finally:
        connection.close()
    return tries


def race(
    name: str,
    house: House,
    therapists: list[Therapist],
    *,
    writers: int,
    seconds: float,
    in_step: bool = False,
    kind: AppointmentType | None = None,
    treadmills: list[Equipment] = (),
) -> bool:
    Appointment.objects.all().delete()
    Group.objects.all().delete()
    ready = threading.Barrier(writers)

    def run(seed: int) -> list[tuple]:
        ready.wait()
        until = time.perf_counter() + seconds
        return write(
            house,
            therapists,
            until,
            seed,
            in_step=in_step,
            kind=kind or house.type,
            treadmills=treadmills,
        )

    with ThreadPoolExecutor(writers) as pool:
        tries = [entry for desk in pool.map(run, range(writers)) for entry in desk]
    answers = Counter(answer for answer, _ in tries)
    waits = sorted(wait * 1000 for answer, wait in tries if answer == "booked")
    double, over, twice = (_count(query) for query in (DOUBLE_BOOKED, OVER_CAPACITY, PIECES_TWICE))
    print(
        f"{name}: {answers['booked'] / seconds:.0f} bookings/s, "
        f"{len(tries) / seconds:.0f} answers/s, median {statistics.median(waits):.0f} ms, "
        f"95 % under {waits[int(len(waits) * 0.95)]:.0f} ms; {dict(answers)}; "
        f"double booked: {double}, over capacity: {over}, equipment held twice: {twice}"
    )
    return not (double or over or twice) and set(answers) <= {"booked", "taken", "full"}


def _count(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        [(found,)] = cursor.fetchall()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--writers", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()

    connections["default"].settings_dict["TEST"]["NAME"] = DATABASE
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        house = House()
        held = {"writers": options.writers, "seconds": options.seconds}
        print(f"{options.writers} writers, {options.seconds:.0f} s each")
        one = house.therapists[:1]
        went_well = [
            race("eight therapists", house, house.therapists, **held),
            race("one therapist   ", house, one, **held),
            race("the same slots  ", house, one, in_step=True, **held),
            race("groups of six   ", house, one, in_step=True, kind=house.group, **held),
            race("two treadmills  ", house, house.therapists, in_step=True,
                 treadmills=house.treadmills, **held),
        ]  # fmt: skip
    finally:
        runner.teardown_databases(made)
    return 0 if all(went_well) else 1


if __name__ == "__main__":
    sys.exit(main())
