"""The Month: how many come on each day, how much of it is free, and what closes it."""

import datetime as dt

import pytest
from django.urls import reverse

from scheduling import booking, month
from scheduling.load import Load
from scheduling.models import Closure
from tests.factories import (
    MONDAY,
    AppointmentFactory,
    AppointmentTypeFactory,
    ClinicFactory,
    PatientFactory,
    at,
)
from tests.scheduling.conftest import therapist_at

NINTH = dt.date(2026, 3, 9)


def month_of(desk, date=MONDAY, **changes):
    return month.lay_out(clinic=desk.clinic, date=date, user=desk.user, **changes)


def day_of(sheet, date=MONDAY):
    return next(day for day in sheet.days if day.date == date)


def test_the_weeks_run_from_sunday_and_the_neighbours_days_are_marked(desk):
    sheet = month_of(desk)

    assert [week[0].date.isoformat() for week in sheet.weeks] == [
        "2026-03-01",
        "2026-03-08",
        "2026-03-15",
        "2026-03-22",
        "2026-03-29",
    ]
    assert [day.date.day for day in sheet.weeks[-1] if not day.is_of_month] == [1, 2, 3, 4]


def test_a_day_counts_what_is_live_and_what_of_the_working_time_is_free(desk):
    desk.book()
    gone = desk.book(starts_at=at(11), patient=PatientFactory(clinic=desk.clinic))
    booking.cancel(gone, reason="ill", by=desk.user)
    desk.book(starts_at=at(18), patient=PatientFactory(clinic=desk.clinic), anyway=True)

    day = day_of(month_of(desk))

    assert (day.appointments, day.load) == (2, Load(working=540, free=495))
    assert (day.free_hours, day.load.percent) == ("8", 8)


def test_a_whole_clinic_adds_its_therapists_up_and_one_is_told_alone(desk):
    other = therapist_at(desk.clinic)
    desk.book(therapist=other)

    assert day_of(month_of(desk)).load == Load(working=1080, free=1035)
    assert day_of(month_of(desk, therapist=desk.therapist)).load == Load(working=540, free=540)
    assert day_of(month_of(desk, therapist=other)).appointments == 1


def test_closures_are_named_and_who_is_away_too(desk):
    Closure.objects.create(clinic=desk.clinic, starts_at=at(0), ends_at=at(23), reason="Holiday")
    Closure.objects.create(
        therapist=desk.therapist,
        starts_at=at(8, day=NINTH),
        ends_at=at(12, day=NINTH),
        reason="course",
    )

    sheet = month_of(desk)

    assert (day_of(sheet).shut, day_of(sheet).load.working) == (["Closed: Holiday"], 0)
    assert (day_of(sheet, NINTH).shut, day_of(sheet, NINTH).load.working) == (["Reyes away"], 300)
    alone = month_of(desk, therapist=desk.therapist)
    assert day_of(alone, NINTH).shut == ["Away: course"]


def test_the_month_in_numbers(desk):
    desk.book()

    sheet = month_of(desk)

    assert (sheet.appointments, sheet.load) == (1, Load(working=5 * 540, free=5 * 540 - 45))
    assert (sheet.free_hours, sheet.load.percent) == (44, 2)


@pytest.mark.parametrize(
    ("first", "before", "after"),
    [
        (dt.date(2026, 1, 1), dt.date(2025, 12, 1), dt.date(2026, 2, 1)),
        (dt.date(2026, 12, 1), dt.date(2026, 11, 1), dt.date(2027, 1, 1)),
        (dt.date(2028, 2, 1), dt.date(2028, 1, 1), dt.date(2028, 3, 1)),
    ],
)
def test_the_months_around(first, before, after):
    assert (month.month_before(first), month.month_after(first)) == (before, after)


def test_each_day_opens_its_day_of_that_clinic(client, desk):
    client.force_login(desk.user)

    html = client.get(reverse("scheduling:month"), {"date": "2026-03-15"}).content.decode()

    assert f'href="/day/?clinic={desk.clinic.pk}&amp;date=2026-03-09"' in html
    assert html.count('class="month-link"') == 35


def test_another_clinics_month_does_not_exist_for_who_does_not_work_there(client, desk):
    client.force_login(desk.user)

    response = client.get(reverse("scheduling:month"), {"clinic": ClinicFactory().pk})

    assert response.status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_month_costs_the_same_queries_for_any_number_of_appointments(
    client, desk, django_assert_num_queries, count
):
    short = AppointmentTypeFactory(minutes=30)
    for number in range(count):
        therapist = therapist_at(desk.clinic)
        AppointmentFactory(
            patient=PatientFactory(clinic=desk.clinic),
            therapist=therapist,
            type=short,
            starts_at=at(8 + number),
        )
    client.force_login(desk.user)
    client.get(reverse("scheduling:month"))

    # session, user, clinic twice; appointments, therapists, hours, closures; clinics, therapists
    with django_assert_num_queries(10):
        response = client.get(reverse("scheduling:month"), {"date": "2026-03-01"})

    assert f"<strong>{count}</strong> appointment" in response.content.decode()
