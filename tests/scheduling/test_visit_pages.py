"""The steps of a visit, the card and the patient's tab."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import AuditEvent, Role
from scheduling.models import Appointment, Closure
from tests.factories import (
    MONDAY,
    ClinicFactory,
    UserFactory,
    at,
)
from tests.scheduling.forms import HTMX, filled, moved, post, told, words

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        ("confirm", "confirmed", "Okafor, Ada has confirmed."),
        ("check-in", "arrived", "Okafor, Ada is checked in."),
        ("no-show", "no_show", "Okafor, Ada is marked a no-show."),
    ],
)
def test_a_step_is_taken_with_one_press(at_desk, desk, name, status, message):
    row = desk.book()

    response = post(at_desk, name, {}, row.pk, headers=HTMX)

    row.refresh_from_db()
    assert (response.status_code, row.status) == (204, status)
    assert told(response) == {"message": message, "level": "success"}


def test_a_check_in_can_be_undone(at_desk, desk):
    row = desk.book()
    post(at_desk, "check-in", {}, row.pk)

    post(at_desk, "undo-check-in", {}, row.pk)

    row.refresh_from_db()
    assert (row.status, row.arrived_at) == ("booked", None)


def test_a_step_that_does_not_follow_is_refused_in_words(at_desk, desk):
    row = desk.book()
    post(at_desk, "cancel", {"reason": "ill"}, row.pk)

    response = post(at_desk, "check-in", {}, row.pk, headers=HTMX)

    assert response.status_code == 409
    assert told(response) == {
        "message": "This appointment is cancelled; it cannot be checked in.",
        "level": "danger",
    }


def test_without_a_script_a_refused_step_is_told_on_the_card(at_desk, desk):
    row = desk.book(starts_at=at(16))

    refused = post(at_desk, "no-show", {}, row.pk)
    response = at_desk.get(refused.headers["Location"])

    assert "This appointment has not begun yet." in words(response)


def test_a_cancellation_needs_a_reason(at_desk, desk):
    row = desk.book()

    refused = post(at_desk, "cancel", {"reason": " "}, row.pk)
    assert (refused.status_code, Appointment.objects.get().status) == (422, "booked")
    assert "Say why it is cancelled." in words(refused)

    post(at_desk, "cancel", {"reason": "ill"}, row.pk)
    row.refresh_from_db()
    assert (row.status, row.cancel_reason) == ("cancelled", "ill")


@pytest.mark.parametrize(
    "name", ["confirm", "check-in", "undo-check-in", "no-show", "cancel", "move"]
)
def test_another_clinics_appointment_cannot_be_touched(client, desk, name):
    row = desk.book()
    client.force_login(UserFactory(clinics=[ClinicFactory()]))

    response = post(client, name, moved(desk) | {"reason": "ill"}, row.pk)

    row.refresh_from_db()
    assert response.status_code == 404
    assert (row.status, row.version) == ("booked", 1)


@pytest.mark.parametrize("role", [Role.BILLER, Role.AUDITOR])
def test_who_only_looks_on_cannot_book(client, desk, role):
    client.force_login(UserFactory(roles=[role]))

    assert post(client, "book", filled(desk)).status_code == 403
    assert not Appointment.objects.exists()


# --- The card and the patient's tab ------------------------------------------------------------


def test_whoever_opens_a_card_leaves_a_line_in_the_audit(at_desk, desk):
    row = desk.book()

    response = at_desk.get(row.get_absolute_url())

    assert "Ada Okafor" in words(response)
    assert "9:00 am – 9:45 am" in words(response)
    event = AuditEvent.objects.get(action="appointment.viewed")
    assert (event.actor, event.patient, event.target_id) == (desk.user, desk.patient, row.pk)


def test_the_background_refresh_of_the_day_opens_no_card(at_desk, desk):
    desk.book()
    before = AuditEvent.objects.count()

    at_desk.get(
        reverse("scheduling:day"), headers={"X-Background": "1", "HX-Target": "day-sheet"} | HTMX
    )

    assert AuditEvent.objects.count() == before


def test_the_patients_tab_parts_what_is_coming_from_what_has_been(at_desk, desk):
    desk.book(starts_at=at(8))
    desk.book(starts_at=at(14))
    Closure.objects.create(clinic=desk.clinic, starts_at=at(0), ends_at=at(1), reason="x")

    response = at_desk.get(reverse("scheduling:patient-appointments", args=[desk.patient.pk]))

    coming, _, past = words(response).partition('id="past"')
    assert ("2:00 pm" in coming, "8:00 am" in coming) == (True, False)
    assert ("2:00 pm" in past, "8:00 am" in past) == (False, True)
    assert AuditEvent.objects.filter(action="patient.viewed", patient=desk.patient).count() == 1


def test_the_patients_tab_leaves_out_other_clinics(at_desk, desk):
    elsewhere = ClinicFactory(name="Hillside")
    desk.therapist.user.clinics.add(elsewhere)
    desk.book(clinic=elsewhere, anyway=True)

    response = at_desk.get(reverse("scheduling:patient-appointments", args=[desk.patient.pk]))

    assert "Nothing is booked" in words(response)
    assert "Hillside" not in words(response)


def test_a_removed_patients_tab_does_not_exist(at_desk, desk):
    desk.patient.removed_at = timezone.now()
    desk.patient.save(update_fields=["removed_at"])

    response = at_desk.get(reverse("scheduling:patient-appointments", args=[desk.patient.pk]))

    assert response.status_code == 404


def test_the_date_of_a_form_is_the_clinics_day(at_desk, desk):
    assert dt.date(2026, 3, 2) == MONDAY

    post(at_desk, "book", filled(desk, time="16:00"))

    assert Appointment.objects.get().starts_at == dt.datetime(2026, 3, 3, 0, tzinfo=dt.UTC)
