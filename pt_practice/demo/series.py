"""A few of the demo's patients come in series, planned and booked as the desk would."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from people.models import Patient, User
from pt_practice.demo.house import House
from pt_practice.demo.weeks import Cases
from scheduling import booking, series, series_plan
from scheduling.finder import Wanted
from scheduling.free_time import Needs
from scheduling.models import Appointment, Series
from scheduling.series_plan import Question
from scheduling.series_solver import TooFewDays

SERIES = 3
VISITS = 8
PER_WEEK = 2
BEGINS_IN = 7  # days; the sheets of the coming week are full already


def build_series(
    house: House, patients: list[Patient], cases: Cases, today: dt.date, now: dt.datetime
) -> None:
    """Eight visits each, two a week; what is not free is left out. One visit of the first was
    moved on its own since."""
    desk = house.users["desk@riverbend.example"]
    treated = [p for p in patients if p.pk in cases][:SERIES]
    made = [_booked(patient, house, cases, today, now, desk) for patient in treated]
    for row in filter(None, made[:1]):
        _move_the_last(row, desk)


def _booked(
    patient: Patient, house: House, cases: Cases, today: dt.date, now: dt.datetime, desk: User
) -> Series | None:
    story, episode = cases[patient.pk]
    kind = house.types[story.visit_type]
    question = Question(
        needs=Needs(
            clinics=(patient.clinic,), appointment_type=kind, therapists=(episode.therapist,),
            patient=patient,
        ),
        wanted=Wanted(minutes=kind.minutes, buffer_minutes=kind.buffer_minutes, not_before=now),
        patient=patient,
        starts_on=today + dt.timedelta(days=BEGINS_IN),
        visits=VISITS,
        per_week=PER_WEEK,
    )  # fmt: skip
    try:
        plan = series_plan.plan_new(question, to=desk)
    except TooFewDays:  # a therapist who works on one day a week
        return None
    free = [
        series.Visit(
            position=row.visit.position,
            starts_at=row.place.opening.starts_at,
            therapist=row.place.therapist,
        )
        for row in plan.rows
        if row.is_free and not row.needs_reason
    ]
    if not free:
        return None
    return series.book(
        patient=patient,
        clinic=patient.clinic,
        appointment_type=kind,
        minutes=kind.minutes,
        rule={
            "visits": VISITS,
            "per_week": PER_WEEK,
            "weekdays": [],
            "starts_on": question.starts_on.isoformat(),
            "at": None,
            "from": None,
            "to": None,
            "therapists": [episode.therapist.pk],
            "same_therapist": True,
            "room": None,
            "minutes": kind.minutes,
        },
        visits=free,
        by=desk,
        rest=True,
    )


def _move_the_last(row: Series, desk: User) -> None:
    last: Appointment | None = row.appointments.order_by("-series_position").first()
    if last is None:
        return
    with suppress(booking.SlotTaken):  # then it stays where the series put it
        booking.move(
            appointment=last,
            version=last.version,
            starts_at=last.starts_at + dt.timedelta(minutes=15),
            anyway=True,
            by=desk,
        )
