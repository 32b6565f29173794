"""Booking by form: what the desk reads, and what stays when something is in the way."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from scheduling.models import Appointment
from tests.factories import (
    ClinicFactory,
    PatientFactory,
    at,
)
from tests.scheduling.forms import HTMX, filled, post, words

pytestmark = pytest.mark.usefixtures("monday_morning")


def test_a_form_books_and_goes_to_the_appointment(at_desk, desk):
    response = post(at_desk, "book", filled(desk, remark="brings a walker"))

    row = Appointment.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, f"/appointments/{row.pk}/")
    assert (row.starts_at, row.minutes, row.remark) == (at(13), 45, "brings a walker")
    assert row.booked_by == desk.user


def test_the_panel_books_says_so_and_has_the_day_fetched_again(at_desk, desk):
    response = post(at_desk, "book", filled(desk), headers=HTMX)

    events = json.loads(response.headers["HX-Trigger"])
    assert response.status_code == 204
    assert events == {
        "day-changed": {"appointment": Appointment.objects.get().pk},
        "toast": {
            "message": "Okafor, Ada is booked for Monday, March 2 at 1:00 pm.",
            "level": "success",
        },
    }


def test_without_minutes_the_length_is_the_types(at_desk, desk):
    post(at_desk, "book", filled(desk, minutes=""))

    assert Appointment.objects.get().minutes == 45


def test_a_taken_slot_is_told_kindly_with_the_nearest_free_times(at_desk, desk):
    desk.book(starts_at=at(13), patient=PatientFactory(clinic=desk.clinic, last_name="Lund"))

    response = post(at_desk, "book", filled(desk), headers=HTMX)

    text = words(response)
    assert response.status_code == 409
    assert "Dana Reyes, PT has Lund, Ada from 1:00 pm to 1:45 pm." in text
    assert 'value="2026-03-02T12:15">12:15 pm<' in text
    assert 'value="2026-03-02T13:45">1:45 pm<' in text
    assert 'value="Okafor, Ada"' in text
    assert Appointment.objects.count() == 1


def test_a_free_time_is_booked_with_one_press(at_desk, desk):
    response = post(at_desk, "book", filled(desk, pick="2026-03-02T14:30"))

    assert response.status_code == 303
    assert Appointment.objects.get().starts_at == at(14, 30)


def test_outside_hours_the_desk_is_asked_and_may_book_anyway(at_desk, desk):
    asked = post(at_desk, "book", filled(desk, time="18:00"))
    assert asked.status_code == 409
    assert "Dana Reyes, PT works 8:00 am to 5:00 pm that day." in words(asked)
    assert "Book anyway" in words(asked)
    assert not Appointment.objects.exists()

    post(at_desk, "book", filled(desk, time="18:00", anyway="true"))

    assert Appointment.objects.get().starts_at == at(18)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"patient": "", "patient_name": ""}, "Who is it for?"),
        ({"patient": "", "patient_name": "Nobody"}, "Nobody fits what you typed."),
        ({"date": "2026-02-30"}, "Enter a valid date."),
        ({"date": ""}, "This field is required."),
        ({"time": "25:00"}, "Enter a valid time."),
        ({"minutes": "0"}, "An appointment lasts at least 5 minutes."),
        ({"minutes": "-45"}, "An appointment lasts at least 5 minutes."),
        ({"minutes": "721"}, "An appointment is at most 12 hours long."),
        ({"minutes": "an hour"}, "Write the minutes as a number, such as 45."),
        ({"therapist": "0"}, "Select a valid choice."),
        ({"date": "2062-03-02"}, "Check the year of this date."),
        (
            {"date": "2026-03-08", "time": "02:30"},
            "The clocks skip this time that day. Choose one an hour later.",
        ),
        ({"remark": "x" * 201}, "Ensure this value has at most 200 characters"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(
    at_desk, desk, changes, sentence
):
    response = post(at_desk, "book", filled(desk, **changes))

    assert response.status_code == 422
    assert sentence in words(response)
    assert not Appointment.objects.exists()


def test_a_name_that_means_one_patient_is_enough(at_desk, desk):
    PatientFactory(clinic=desk.clinic, first_name="Bo", last_name="Lund")

    post(at_desk, "book", filled(desk, patient="", patient_name="okafor"))

    assert Appointment.objects.get().patient == desk.patient


def test_a_name_that_means_several_patients_asks_which(at_desk, desk):
    twin = PatientFactory(clinic=desk.clinic, birth_date=dt.date(1990, 1, 5))

    response = post(at_desk, "book", filled(desk, patient="", patient_name="okafor"))
    assert "Several patients fit: choose one." in words(response)
    assert "born Jan 5, 1990" in words(response)

    post(at_desk, "book", filled(desk, patient=str(twin.pk), patient_name="okafor"))
    assert Appointment.objects.get().patient == twin


def test_another_clinics_patient_cannot_be_booked(at_desk, desk):
    stranger = PatientFactory(clinic=ClinicFactory(), last_name="Secret")

    by_id = post(at_desk, "book", filled(desk, patient=str(stranger.pk)))
    by_name = post(at_desk, "book", filled(desk, patient="", patient_name="Secret"))

    assert (by_id.status_code, by_name.status_code) == (422, 422)
    assert "Nobody fits what you typed." in words(by_name)
    assert not Appointment.objects.exists()


def test_the_form_begins_with_what_the_click_knew(at_desk, desk):
    response = at_desk.get(
        reverse("scheduling:book"),
        {
            "clinic": desk.clinic.pk,
            "therapist": desk.therapist.pk,
            "date": "2026-03-02",
            "time": "09:15",
            "minutes": "60",
            "patient": desk.patient.pk,
        },
    )

    text = words(response)
    assert 'value="2026-03-02"' in text
    assert 'value="09:15"' in text
    assert f'<option value="{desk.therapist.pk}" selected>Dana Reyes, PT' in text
    assert 'value="Okafor, Ada"' in text


def test_the_type_booked_most_of_late_is_the_one_the_form_begins_with(at_desk, desk):
    desk.book()

    response = at_desk.get(reverse("scheduling:book"), {"clinic": desk.clinic.pk})

    assert f'<option value="{desk.type.pk}" selected>Follow-up' in words(response)


def test_a_patient_of_another_clinic_in_the_address_does_not_exist(at_desk, desk):
    stranger = PatientFactory(clinic=ClinicFactory())

    response = at_desk.get(reverse("scheduling:book"), {"patient": stranger.pk})

    assert response.status_code == 404
