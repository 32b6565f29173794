"""The clinic that the calendar's measurements look at, in a scratch database of its own.

Twenty therapists with ten visits each on every day, as many days back as the rows reach. The rows
are put in by one INSERT … SELECT with every constraint and trigger on.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections
from django.test.runner import DiscoverRunner

from people.models import Clinic, Patient, Role, Therapist, User
from people.validators import npi_check_digit
from scheduling.models import Appointment, AppointmentType, Room, WeeklyHours

THERAPISTS, VISITS, PATIENTS = 20, 10, 600
REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
SHOWN_ON = dt.date(2026, 3, 2)  # a Monday; the newest day that is filled
FILL = """
    INSERT INTO scheduling_appointment ({columns})
    SELECT {values}
    FROM generate_series(%(first)s, %(last)s) AS number
    CROSS JOIN LATERAL (
        SELECT %(day)s::timestamptz - (number / {a_day}) * interval '1 day'
            + (number %% {a_day} / {therapists}) * interval '{every} minutes' AS at
    ) AS slot
    JOIN bench_people AS person
        ON person.therapist = number %% {therapists} AND person.patient = number %% {patients}
    CROSS JOIN (SELECT * FROM scheduling_appointment WHERE id = %(pattern)s) AS pattern
"""


class House:
    """One clinic, its therapists with hours, and somebody at the desk."""

    def __init__(self) -> None:
        self.clinic = Clinic.objects.create(
            name="Bench", time_zone="America/Los_Angeles", phone="+15035550142"
        )
        self.clinic.refresh_from_db()
        self.desk = User.objects.create(
            email="desk@example.com", first_name="Desk", last_name="Bench", roles=[Role.FRONT_DESK]
        )
        self.desk.clinics.add(self.clinic)
        self.types = [
            AppointmentType.objects.create(name=name, minutes=45, tint=tint)
            for name, tint in (("Follow-up", "blue"), ("Balance", "green"), ("Neuro", "amber"))
        ]
        self.therapists = [self._therapist(number) for number in range(THERAPISTS)]
        self.rooms = [Room.objects.create(clinic=self.clinic, name=f"Bay {n}") for n in range(8)]
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
        self.filled = 0
        self.visits = VISITS  # of each therapist on a day
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE bench_people AS SELECT t.n AS therapist, t.id AS therapist_id,"
                " p.n AS patient, p.id AS patient_id FROM"
                " (SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM people_therapist) AS t"
                " CROSS JOIN"
                " (SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM people_patient) AS p"
            )
            cursor.execute("CREATE INDEX ON bench_people (therapist, patient)")

    def _therapist(self, number: int) -> Therapist:
        user = User.objects.create(
            email=f"t{number}@example.com",
            first_name="Dana",
            last_name=f"T{number:02d}",
            roles=[Role.THERAPIST],
        )
        user.clinics.add(self.clinic)
        nine = f"1{number:08d}"
        therapist = Therapist.objects.create(
            user=user,
            credential="PT",
            npi=nine + str(npi_check_digit(nine)),
            licence_number="B1",
            licence_state="OR",
            licence_expires_on=dt.date(2090, 1, 1),
        )
        WeeklyHours.objects.bulk_create(
            WeeklyHours(
                therapist=therapist,
                clinic=self.clinic,
                weekday=weekday,
                starts_at=dt.time(8),
                ends_at=dt.time(17),
            )
            for weekday in range(5)
        )
        return therapist

    def empty(self, visits: int) -> None:
        """Begin anew, with so many visits of each therapist on a day."""
        Appointment.objects.all().delete()
        self.filled, self.visits = 0, visits

    def fill(self, rows: int) -> float:
        """Bring the table to so many rows, the newest day first; how many seconds it took."""
        began = time.perf_counter()
        long = 45 if self.visits <= VISITS else 25
        opening = dt.datetime.combine(SHOWN_ON, dt.time(8), self.clinic.zone)
        if not Appointment.objects.exists():
            Appointment.objects.create(
                patient=self.patients[0],
                therapist=self.therapists[0],
                clinic=self.clinic,
                type=self.types[0],
                starts_at=opening + dt.timedelta(days=30),
                ends_at=opening + dt.timedelta(days=30, minutes=45),
                booked_by=self.desk,
            )
        pattern = Appointment.objects.latest("starts_at")
        changed = {
            "patient_id": "person.patient_id",
            "therapist_id": "person.therapist_id",
            "starts_at": "slot.at",
            "ends_at": f"slot.at + interval '{long} minutes'",
            "type_id": f"(ARRAY{[kind.pk for kind in self.types]})[1 + number %% 3]",
        }
        names = [f.column for f in Appointment._meta.concrete_fields if f.column != "id"]
        sql = FILL.format(
            columns=", ".join(names),
            values=", ".join(changed.get(name, f"pattern.{name}") for name in names),
            a_day=THERAPISTS * self.visits,
            every=long + 5 if long == 45 else long + 2,
            therapists=THERAPISTS,
            patients=PATIENTS,
        )
        with connection.cursor() as cursor:
            values = {"first": self.filled, "last": rows - 1, "day": opening, "pattern": pattern.pk}
            cursor.execute(sql, values)
            cursor.execute("VACUUM ANALYZE")
        self.filled = rows
        return time.perf_counter() - began


@contextmanager
def scratch(name: str) -> Iterator[None]:
    """A database of this name on the server of DATABASE_URL, made and dropped."""
    connections["default"].settings_dict["TEST"]["NAME"] = name
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        yield
    finally:
        with connection.cursor() as cursor:  # a live server's threads may still hold one
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        runner.teardown_databases(made)


def machine() -> str:
    """The processor, its cores, and how busy they were: half of what a number means."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        model = next((x.partition(": ")[2] for x in lines if x.startswith("model name")), model)
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}"


def add_report(heading: str, lines: list[str]) -> None:
    """Put a result under its heading in docs/benchmarks.md, the newest first."""
    text = REPORT.read_text(encoding="utf-8") if REPORT.exists() else "# Measurements\n"
    if heading not in text:
        text = f"{text.rstrip()}\n\n{heading}\n"
    before, _, after = text.partition(heading)
    told = "\n".join(lines)
    REPORT.write_text(f"{before}{heading}\n\n{told}\n{after}", encoding="utf-8")
