"""Desks that book a series onto the same hours at the same moment: one gets all of it, or none.

The control takes the locks and the constraints away, and double books: so the race is a race.
"""

import datetime as dt

import pytest
from django.db import OperationalError
from django.utils import timezone

from scheduling import conflicts, series
from scheduling.facts import SeriesRefused
from scheduling.models import Appointment, Series
from tests.at_once import Meeting
from tests.factories import PatientFactory, at
from tests.scheduling.conftest import open_desk, therapist_at
from tests.scheduling.test_race import (  # noqa: F401 -- fixtures
    WRITERS,
    all_at_once,
    double_booked,
    lingering,
    two_have_looked,
    without_constraints,
    without_locks,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = [dt.date(2026, 3, day) for day in (9, 11, 13)]


@pytest.fixture(autouse=True)
def _monday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(10, 30).astimezone(dt.UTC))


def series_on(desk, patient, days, *, therapist=None, hour=9):
    return series.book(
        patient=patient,
        clinic=desk.clinic,
        appointment_type=desk.type,
        minutes=45,
        rule={},
        visits=[
            series.Visit(
                position=number,
                starts_at=at(hour, day=day),
                therapist=therapist or desk.therapist,
                anyway=True,
            )
            for number, day in enumerate(days, start=1)
        ],
        by=desk.user,
    )


def book_one_series(desk):
    """Eight desks, each with a patient of its own, want the same three hours."""
    patients = [PatientFactory(clinic=desk.clinic) for _ in range(WRITERS)]

    def book(number):
        # Half of them name the days the other way round, as desks do.
        days = DAYS if number % 2 else DAYS[::-1]
        try:
            series_on(desk, patients[number], days)
        except SeriesRefused as refusal:
            return f"refused {len(refusal.problems)}"
        return "booked"

    return all_at_once(book)


def test_of_eight_who_book_one_series_one_gets_all_of_it_and_seven_nothing():
    assert book_one_series(open_desk()) == {"booked": 1, "refused 3": 7}
    assert Series.objects.count() == 1
    assert Appointment.objects.filter(series=Series.objects.get()).count() == 3
    assert Appointment.objects.count() == 3


def book_across_two_therapists(desk):
    """Eight series, each one visit with either of two therapists, half the other way round."""
    other = therapist_at(desk.clinic)
    patients = [PatientFactory(clinic=desk.clinic) for _ in range(WRITERS)]

    def book(number):
        first, second = (desk.therapist, other) if number % 2 else (other, desk.therapist)
        try:
            series.book(
                patient=patients[number],
                clinic=desk.clinic,
                appointment_type=desk.type,
                minutes=45,
                rule={},
                visits=[
                    series.Visit(1, at(8 + number, day=DAYS[0]), first, anyway=True),
                    series.Visit(2, at(8 + number, day=DAYS[1]), second, anyway=True),
                ],
                by=desk.user,
            )
        except OperationalError as error:
            return "deadlock" if "deadlock" in str(error) else str(error)
        return "booked"

    return all_at_once(book)


def test_series_that_cross_two_therapists_in_opposite_directions_end_without_a_deadlock():
    assert book_across_two_therapists(open_desk()) == {"booked": 8}
    assert double_booked() == 0


def test_without_locking_everybody_first_the_same_series_do_deadlock(monkeypatch):
    """Two hold a therapist each before either wants the other's."""
    meeting = Meeting(at_most=1)
    monkeypatch.setattr(conflicts, "refuse_taken", meeting.after(conflicts.refuse_taken))
    monkeypatch.setattr(series, "_lock", lambda patient, visits: None)

    assert book_across_two_therapists(open_desk())["deadlock"] > 0


def test_of_two_series_that_are_moved_onto_one_hour_one_moves_whole():
    desk = open_desk()
    therapists = [therapist_at(desk.clinic) for _ in range(WRITERS)]
    rows = [
        series_on(desk, PatientFactory(clinic=desk.clinic), DAYS, therapist=who)
        for who in therapists
    ]

    def move(number):
        visits = [
            series.Visit(
                position=visit.series_position,
                starts_at=visit.starts_at,
                therapist=desk.therapist,
                anyway=True,
                appointment=visit,
                version=visit.version,
            )
            for visit in rows[number].appointments.order_by("series_position")
        ]
        try:
            series.move(series=rows[number], visits=visits, by=desk.user)
        except SeriesRefused as refusal:
            return f"refused {len(refusal.problems)}"
        return "moved"

    assert all_at_once(move) == {"moved": 1, "refused 3": 7}
    moved = Appointment.objects.filter(therapist=desk.therapist)
    assert moved.values("series").distinct().count() == 1
    assert moved.count() == 3


@pytest.mark.usefixtures("lingering", "without_constraints")
def test_with_the_locks_writers_who_linger_after_looking_still_do_not_double_book():
    assert book_one_series(open_desk()) == {"booked": 1, "refused 3": 7}
    assert double_booked() == 0


@pytest.mark.usefixtures("two_have_looked", "without_locks", "without_constraints")
def test_without_locks_and_constraints_the_same_writers_do_double_book():
    answers = book_one_series(open_desk())

    assert answers["booked"] > 1
    assert double_booked() == 3
