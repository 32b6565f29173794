"""The Week: one therapist's days in every clinic where they work and the reader does too."""

import datetime as dt
import json
from html import unescape

import pytest
from django.urls import reverse

from people.models import Role
from scheduling import booking, week
from scheduling.models import Closure
from tests.factories import (
    MONDAY,
    AppointmentFactory,
    AppointmentTypeFactory,
    ClinicFactory,
    PatientFactory,
    UserFactory,
    WeeklyHoursFactory,
    at,
)
from tests.scheduling.conftest import therapist_at

TUESDAY = MONDAY + dt.timedelta(days=1)
SATURDAY = MONDAY + dt.timedelta(days=5)


def week_of(desk, date=MONDAY, **changes):
    asked = {"therapist": desk.therapist, "clinic": desk.clinic, "user": desk.user} | changes
    return week.lay_out(date=date, **asked)


def board_of(desk, **changes):
    return week.for_calendar(week_of(desk, **changes), may_book=True)


def page_of(client, user, **query):
    client.force_login(user)
    return client.get(reverse("scheduling:week"), {"date": MONDAY.isoformat()} | query)


def shown(response):
    text = response.content.decode()
    return json.loads(unescape(text.partition('data-day="')[2].partition('"')[0]))


def test_each_working_day_is_a_column_and_any_day_of_it_names_the_week(desk):
    board = board_of(desk, date=MONDAY + dt.timedelta(days=3))

    assert board["date"] == "2026-03-02"
    assert [(c["name"], c["hours"], c["where"]) for c in board["columns"]] == [
        ("Mon, Mar 2", "8–5", {"date": "2026-03-02"}),
        ("Tue, Mar 3", "does not work", {"date": "2026-03-03"}),
        ("Wed, Mar 4", "does not work", {"date": "2026-03-04"}),
        ("Thu, Mar 5", "does not work", {"date": "2026-03-05"}),
        ("Fri, Mar 6", "does not work", {"date": "2026-03-06"}),
    ]
    assert (board["by"], board["step"]) == ("date", 7)
    assert board["fixed"] == {"therapist": desk.therapist.pk}


def test_the_weekend_stands_there_when_it_is_worked_or_booked(desk):
    desk.book(starts_at=at(10, day=SATURDAY), anyway=True)
    assert [c["name"] for c in board_of(desk)["columns"]][5:] == ["Sat, Mar 7"]

    WeeklyHoursFactory(therapist=desk.therapist, clinic=desk.clinic, weekday=6)

    assert [c["name"] for c in board_of(desk)["columns"]][5:] == ["Sat, Mar 7", "Sun, Mar 8"]


def test_every_day_is_drawn_on_the_monday_at_its_own_time(desk):
    row = desk.book(starts_at=at(14, day=TUESDAY), anyway=True)

    [card] = board_of(desk)["appointments"]

    assert (card["id"], card["column"], card["date"]) == (row.pk, "2026-03-03", "2026-03-03")
    assert (card["start"], card["end"]) == ("2026-03-02T14:00:00", "2026-03-02T14:45:00")


def test_leave_is_shaded_with_its_reason_on_each_of_its_days(desk):
    for weekday in (1, 2):
        WeeklyHoursFactory(therapist=desk.therapist, clinic=desk.clinic, weekday=weekday)
    Closure.objects.create(
        therapist=desk.therapist,
        starts_at=at(15),
        ends_at=at(10, day=TUESDAY),
        reason="course",
    )

    told = [
        (hole["column"][-2:], hole["start"][11:16], hole["end"][11:16])
        for hole in board_of(desk)["closed"]
        if hole["label"] == "Away: course"
    ]

    assert told == [("02", "15:00", "19:00"), ("03", "07:00", "10:00")]


def test_an_hour_worked_in_another_clinic_books_there(desk):
    second = ClinicFactory(name="Hillside")
    second.refresh_from_db()
    desk.user.clinics.add(second)
    desk.therapist.user.clinics.add(second)
    WeeklyHoursFactory(therapist=desk.therapist, clinic=second, weekday=1)
    there = desk.book(
        clinic=second, patient=PatientFactory(clinic=second), starts_at=at(9, day=TUESDAY)
    )
    here = desk.book()

    board = board_of(desk)

    assert board["columns"][1]["clinics"] == [
        {"from": "2026-03-02T08:00:00", "to": "2026-03-02T17:00:00", "clinic": second.pk}
    ]
    assert [(card["id"], card["under"]) for card in board["appointments"]] == [
        (here.pk, "Follow-up · Riverbend"),
        (there.pk, "Follow-up · Hillside"),
    ]


def test_what_is_booked_in_a_clinic_of_somebody_else_is_not_shown(client, desk):
    elsewhere = ClinicFactory(name="Hillside")
    desk.therapist.user.clinics.add(elsewhere)
    desk.book(
        clinic=elsewhere,
        patient=PatientFactory(clinic=elsewhere, last_name="Secret"),
        starts_at=at(14),
        anyway=True,
    )
    mine = desk.book()

    response = page_of(client, desk.user, therapist=desk.therapist.pk)

    assert [card["id"] for card in shown(response)["appointments"]] == [mine.pk]
    assert "Secret" not in response.content.decode()
    owner = UserFactory(roles=[Role.OWNER])
    told = page_of(client, owner, therapist=desk.therapist.pk, clinic=desk.clinic.pk)
    assert "Secret" in told.content.decode()


def test_a_therapist_opens_their_own_week_and_the_desk_the_one_looked_at_last(client, desk):
    other = therapist_at(desk.clinic, user__first_name="Ann", user__last_name="Abel")

    assert shown(page_of(client, other.user))["fixed"] == {"therapist": other.pk}
    assert shown(page_of(client, desk.user))["fixed"] == {"therapist": other.pk}  # the first
    page_of(client, desk.user, therapist=desk.therapist.pk)
    assert shown(page_of(client, desk.user))["fixed"] == {"therapist": desk.therapist.pk}


def test_the_table_has_every_day_and_what_closes_it(client, desk):
    desk.book()
    cancelled = desk.book(starts_at=at(11), patient=PatientFactory(clinic=desk.clinic))
    booking.cancel(cancelled, reason="ill", by=desk.user)
    Closure.objects.create(
        therapist=desk.therapist, starts_at=at(15), ends_at=at(16), reason="course"
    )

    html = page_of(client, desk.user).content.decode()

    assert html.count('class="row-link"') == 1
    assert "8–5" not in html.partition("Monday, March 2</a>")[0]
    assert "Away: course" in html.partition("Monday, March 2</a>")[2].partition("</h2>")[0]
    assert html.count("Nothing booked.") == 4
    assert "<strong>1</strong> cancelled" in html


def test_a_clinic_without_therapists_says_so(client, db):
    clinic = ClinicFactory()

    response = page_of(client, UserFactory(clinics=[clinic]))

    assert "No therapist works here yet" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_week_costs_the_same_queries_for_any_number_of_appointments_and_clinics(
    client, desk, django_assert_num_queries, count
):
    short = AppointmentTypeFactory(minutes=30)
    for number in range(count):
        clinic = ClinicFactory()
        desk.user.clinics.add(clinic)
        desk.therapist.user.clinics.add(clinic)
        AppointmentFactory(
            patient=PatientFactory(clinic=clinic),
            therapist=desk.therapist,
            type=short,
            starts_at=at(8 + number),
        )
    page_of(client, desk.user, clinic=desk.clinic.pk, therapist=desk.therapist.pk)
    page_of(client, desk.user)

    # session, user, clinic, therapists; mark, clinics, appointments, hours, closures;
    # for the filters: clinics, types
    with django_assert_num_queries(11):
        response = client.get(reverse("scheduling:week"), {"date": MONDAY.isoformat()})

    assert len(shown(response)["appointments"]) == count
