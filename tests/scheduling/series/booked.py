"""A series as the tests book it, and how its visits stand."""

import datetime as dt

from scheduling import series
from tests.factories import PORTLAND


def day(number):
    return dt.date(2026, 3, number)


def visits_at(desk, *moments, **changes):
    return [
        series.Visit(position=n, starts_at=moment, therapist=desk.therapist, **changes)
        for n, moment in enumerate(moments, start=1)
    ]


def made(desk, *moments, rest=False, **changes):
    return series.book(
        patient=desk.patient,
        clinic=desk.clinic,
        appointment_type=desk.type,
        minutes=45,
        rule={},
        visits=visits_at(desk, *moments, **changes),
        by=desk.user,
        rest=rest,
    )


def stands(row):
    """Each visit of the series: its place, when it is, and what became of it."""
    return [
        (visit.series_position, f"{visit.starts_at.astimezone(PORTLAND):%m/%d %H:%M}", visit.status)
        for visit in row.appointments.order_by("series_position")
    ]
