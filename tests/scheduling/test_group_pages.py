"""The pages of groups: joining from the booking form, the group's card, moving and cancelling it,
and putting a visit back."""

import json

import pytest
from django.urls import reverse

from scheduling import booking
from scheduling.models import Appointment
from tests.factories import AppointmentTypeFactory, PatientFactory, at
from tests.scheduling.forms import DRAG, HTMX, filled, post, told, words


@pytest.fixture
def balance(db):
    return AppointmentTypeFactory(name="Balance group", minutes=60, capacity=3)


def members(desk, balance, count=2):
    return [
        desk.book(
            appointment_type=balance,
            patient=PatientFactory(clinic=desk.clinic, last_name=f"Lund{number}"),
        )
        for number in range(count)
    ]


def placed(group, **changes):
    values = {
        "version": "1",
        "date": "2026-03-02",
        "time": "14:00",
        "minutes": "60",
        "therapist": group.therapist_id,
        "room": "",
        "capacity": "3",
    }
    return values | changes


def hint(client, desk, balance, **changes):
    asked = {
        "clinic": desk.clinic.pk,
        "appointment_type": balance.pk,
        "therapist": desk.therapist.pk,
        "date": "2026-03-02",
        "time": "09:00",
    }
    return words(client.get(reverse("scheduling:group-hint"), asked | changes))


def test_the_form_says_which_group_the_patient_would_join(at_desk, desk, balance):
    members(desk, balance)

    assert "Joins the group, 2 of 3 places taken" in hint(at_desk, desk, balance)
    assert hint(at_desk, desk, balance, time="10:00") == ""
    assert hint(at_desk, desk, balance, date="") == ""

    members(desk, balance, 1)
    assert "The group is full: 3 of 3" in hint(at_desk, desk, balance)


def test_booking_into_a_group_says_how_full_it_is(at_desk, desk, balance):
    members(desk, balance)

    response = post(
        at_desk,
        "book",
        filled(desk, appointment_type=balance.pk, time="09:00", minutes="60"),
        headers=HTMX,
    )

    assert told(response)["message"] == (
        "Okafor, Ada is in Balance group on Monday, March 2 at 9:00 am: 3 of 3 places are taken."
    )


def test_a_full_group_is_refused_with_free_times_as_buttons(at_desk, desk, balance):
    members(desk, balance, 3)

    response = post(
        at_desk, "book", filled(desk, appointment_type=balance.pk, time="09:00", minutes="60")
    )

    shown = words(response)
    assert response.status_code == 409
    assert "is full: 3 of 3 places are taken." in shown
    assert 'name="pick" value="2026-03-02T10:00"' in shown


def test_the_day_shows_a_group_as_one_block_and_its_members_in_the_list(at_desk, desk, balance):
    rows = members(desk, balance)
    booking.no_show(members(desk, balance, 1)[0], by=desk.user)

    response = at_desk.get(reverse("scheduling:day"), {"date": "2026-03-02"})

    [block] = json.loads(response.context["calendar"])["appointments"]
    group = rows[0].group
    assert {name: block[name] for name in ("id", "patient", "url", "version", "minutes")} == {
        "id": f"group-{group.pk}",
        "patient": "Balance group 2/3",
        "url": f"/groups/{group.pk}/",
        "version": 1,
        "minutes": 60,
    }
    assert response.content.decode().count("Lund") >= 3


@pytest.mark.usefixtures("monday_morning")
def test_the_groups_card_lists_its_members_with_a_check_in_each(at_desk, desk, balance):
    rows = members(desk, balance)
    booking.cancel(members(desk, balance, 1)[0], reason="Ill", by=desk.user)

    shown = words(at_desk.get(rows[0].group.get_absolute_url(), headers=HTMX))

    assert "2 of 3</strong> places taken" in shown
    assert "1 no longer in it" in shown
    for row in rows:
        assert reverse("scheduling:check-in", args=[row.pk]) in shown
    assert "Add a patient" in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_groups_card_costs_the_same_queries_for_any_number(
    at_desk, desk, balance, django_assert_num_queries, count
):
    group = members(desk, balance, count)[0].group
    at_desk.get(group.get_absolute_url(), headers=HTMX)  # the session is warm

    with django_assert_num_queries(5):  # session, user, group, audit, members
        at_desk.get(group.get_absolute_url(), headers=HTMX)


def test_a_dragged_group_moves_whole_and_a_stale_one_snaps_back(at_desk, desk, balance):
    rows = members(desk, balance)
    group = rows[0].group

    moved = post(at_desk, "group-move", placed(group), group.pk, headers=DRAG)
    stale = post(at_desk, "group-move", placed(group, time="15:00"), group.pk, headers=DRAG)

    assert (moved.status_code, moved.json()) == (200, {"version": 2})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert set(Appointment.objects.values_list("starts_at", flat=True)) == {at(14)}


def test_the_move_form_shows_what_stands_in_the_way_and_when_it_is_free(at_desk, desk, balance):
    group = members(desk, balance)[0].group
    desk.book(starts_at=at(14))

    response = post(at_desk, "group-move", placed(group), group.pk, headers=HTMX)

    assert response.status_code == 409
    assert "Dana Reyes, PT has Okafor, Ada from 2:00 pm to 2:45 pm." in words(response)
    assert 'name="pick"' in words(response)


def test_too_few_places_are_said_beside_the_field(at_desk, desk, balance):
    group = members(desk, balance)[0].group

    response = post(at_desk, "group-move", placed(group, capacity="1"), group.pk)

    assert response.status_code == 422
    assert response.context["form"].errors == {"capacity": ["2 are in the group."]}


def test_a_whole_group_is_cancelled_with_a_reason_and_not_without(at_desk, desk, balance):
    group = members(desk, balance)[0].group

    without = post(at_desk, "group-cancel", {"reason": " "}, group.pk, headers=HTMX)
    with_one = post(at_desk, "group-cancel", {"reason": "Snow"}, group.pk, headers=HTMX)

    assert (without.status_code, with_one.status_code) == (422, 200)
    assert told(with_one)["message"] == (
        "Balance group on Monday, March 2 at 9:00 am is cancelled."
    )
    assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}


# --- Putting back --------------------------------------------------------------------------------


def test_put_back_stands_on_the_card_of_what_was_cancelled_only(at_desk, desk):
    row = desk.book()
    address = reverse("scheduling:restore", args=[row.pk])
    assert address not in words(at_desk.get(row.get_absolute_url(), headers=HTMX))

    booking.cancel(row, reason="Ill", by=desk.user)
    assert address in words(at_desk.get(row.get_absolute_url(), headers=HTMX))


def test_put_back_answers_with_the_card(at_desk, desk):
    row = desk.book()
    booking.cancel(row, reason="Ill", by=desk.user)

    response = post(at_desk, "restore", {}, row.pk, headers=HTMX)

    assert told(response)["message"] == "Okafor, Ada is back on Monday, March 2 at 9:00 am."
    assert "Booked" in words(response)


def test_a_time_given_away_is_named_and_another_one_offered(at_desk, desk):
    row = desk.book()
    booking.cancel(row, reason="Ill", by=desk.user)
    desk.book(patient=PatientFactory(clinic=desk.clinic, last_name="Lund"))

    response = post(at_desk, "restore", {}, row.pk, headers=HTMX)

    assert response.status_code == 409
    assert "Dana Reyes, PT has Lund, Ada from 9:00 am to 9:45 am." in words(response)
    assert "Book another time" in words(response)


def test_outside_the_hours_one_more_press_puts_it_back(at_desk, desk):
    row = desk.book(starts_at=at(19), anyway=True)
    booking.cancel(row, reason="Ill", by=desk.user)

    asked = post(at_desk, "restore", {}, row.pk, headers=HTMX)
    pressed = post(at_desk, "restore", {"anyway": "true"}, row.pk, headers=HTMX)

    assert (asked.status_code, "Put back anyway" in words(asked)) == (409, True)
    assert pressed.status_code == 200
    row.refresh_from_db()
    assert row.status == "booked"
