"""A series is moved and cancelled on its pages, and its visits say that they are of one."""

import pytest
from django.urls import reverse

from scheduling import booking
from tests.factories import PatientFactory, WeeklyHoursFactory, at
from tests.scheduling.conftest import therapist_at
from tests.scheduling.series.booked import day, made, stands
from tests.scheduling.series.plan_page import as_shown, in_short

pytestmark = pytest.mark.usefixtures("monday_morning")


def change(client, row, **values):
    return client.post(reverse("scheduling:series-change", args=[row.pk]), values)


def test_this_and_the_following_are_moved_to_a_new_time_after_the_plan_was_seen(at_desk, desk):
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)), at(9, day=day(13)))
    lund = PatientFactory(clinic=desk.clinic, last_name="Lund")
    desk.book(patient=lund, starts_at=at(14, day=day(13)))

    shown = change(at_desk, row, since="2", scope="following", at="14:00")
    done = change(at_desk, row, **as_shown(shown))

    assert in_short(shown) == [
        (2, "03/11 14:00", [], "03/11 14:00"),
        (
            3,
            "03/13 14:00",
            ["Dana Reyes, PT has Lund, Ada from 2:00 pm to 2:45 pm."],
            "03/13 13:15",
        ),
    ]
    assert done.status_code == 303
    assert stands(row) == [
        (1, "03/09 09:00", "booked"),
        (2, "03/11 14:00", "booked"),
        (3, "03/13 13:15", "booked"),
    ]


def test_all_visits_go_to_another_therapist_a_day_later(at_desk, desk):
    other = therapist_at(desk.clinic, user__first_name="Kim", user__last_name="Zhao")
    for weekday in range(1, 5):
        WeeklyHoursFactory(therapist=other, clinic=desk.clinic, weekday=weekday)
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)))

    shown = change(at_desk, row, days_later="1", therapist=other.pk)
    change(at_desk, row, **as_shown(shown))

    assert stands(row) == [(1, "03/10 09:00", "booked"), (2, "03/12 09:00", "booked")]
    assert set(row.appointments.values_list("therapist", flat=True)) == {other.pk}


def test_a_change_of_nothing_asks_what_is_to_change(at_desk, desk):
    row = made(desk, at(9, day=day(9)))

    response = change(at_desk, row)

    assert response.status_code == 422
    assert "What is to change: the time, the days" in response.content.decode()


def test_this_and_the_following_are_cancelled_with_a_reason(at_desk, desk):
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)))
    url = reverse("scheduling:series-cancel", args=[row.pk])

    without = at_desk.post(url, {"since": "2", "scope": "following"})
    done = at_desk.post(url, {"since": "2", "scope": "following", "reason": "Moved away"})

    assert (without.status_code, done.status_code) == (422, 303)
    assert b"Say why they are cancelled." in without.content
    assert stands(row) == [(1, "03/09 09:00", "booked"), (2, "03/11 09:00", "cancelled")]


def test_the_card_and_the_patients_tab_say_which_visit_of_the_series_it_is(at_desk, desk):
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)))
    second = row.appointments.get(series_position=2)
    booking.move(appointment=second, version=1, starts_at=at(10, day=day(11)), by=desk.user)

    card = at_desk.get(second.get_absolute_url()).content.decode()
    tab = at_desk.get(
        reverse("scheduling:patient-appointments", args=[desk.patient.pk])
    ).content.decode()

    assert "Visit 2 of 2 in a series" in card
    assert "moved on its own" in card
    assert "1 of 2 in a series" in tab
