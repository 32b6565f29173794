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
from scheduling.series_plan import Place, Question, Row
from scheduling.series_solver import TooFewDays

SERIES = 3
VISITS = 8
PER_WEEK = 2
LEAST = 5  # of them are free, or it is not worth showing
MOST_ASKED = 20
BEGINS_IN = 7  # days; the sheets of the coming week are full already


def build_series(
    house: House, patients: list[Patient], cases: Cases, today: dt.date, now: dt.datetime
) -> None:
    """Two visits a week, the nearest free times where the wish is taken; what finds none is left
    out. One visit of the first series was moved on its own since."""
    desk = house.users["desk@riverbend.example"]
    made: list[Series] = []
    for patient in (p for p in patients[:MOST_ASKED] if p.pk in cases):
        if len(made) < SERIES and (row := _booked(patient, house, cases, today, now, desk)):
            made.append(row)
    for row in made[:1]:
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
    chosen = [(row.visit.position, _chosen(row)) for row in plan.rows if not row.needs_reason]
    visits = [
        series.Visit(
            position=position, starts_at=place.opening.starts_at, therapist=place.therapist
        )
        for position, place in chosen
        if place is not None
    ]
    if len(visits) < LEAST:
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
        visits=visits,
        by=desk,
        rest=True,
    )


def _chosen(row: Row) -> Place | None:
    """The place that the plan proposes: the wish itself where it is free, else the nearest."""
    places = (place for place in [row.place, *row.choices] if not place.is_anyway)
    return next((place for place in places if place.code == row.chosen), None)


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
