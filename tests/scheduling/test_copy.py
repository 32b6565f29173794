"""A copied visit is a new booking of the same patient, type, therapist and room, refused alike."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import AuditEvent
from scheduling import booking
from scheduling.models import Appointment
from tests.factories import MONDAY, PatientFactory, RoomFactory, UserFactory, at
from tests.scheduling.conftest import therapist_at

NEXT_MONDAY = MONDAY + dt.timedelta(days=7)


def copy(client, row, **changes):
    at_nine = {
        "date": NEXT_MONDAY.isoformat(),
        "time": "09:00",
        "minutes": row.minutes,
        "therapist": row.therapist_id,
        "room": row.room_id or "",
    }
    headers = {"Accept": "application/json"}
    return client.post(
        reverse("scheduling:copy", args=[row.pk]), at_nine | changes, headers=headers
    )


def test_a_copy_is_the_same_visit_at_another_time(at_desk, desk):
    bay = RoomFactory(clinic=desk.clinic)
    row = desk.book(room=bay, minutes=60, remark="brings a cane")

    response = copy(at_desk, row)

    made = Appointment.objects.exclude(pk=row.pk).get()
    assert (response.status_code, response.json()) == (201, {"id": made.pk, "version": 1})
    assert made.starts_at == at(9, day=NEXT_MONDAY)
    same = ("patient", "therapist", "room", "type", "clinic", "minutes")
    assert [getattr(made, name) for name in same] == [getattr(row, name) for name in same]
    assert (made.status, made.booked_by) == ("booked", desk.user)
    row.refresh_from_db()
    assert (row.starts_at, row.version) == (at(9), 1)


def test_a_copy_may_go_to_another_therapist(at_desk, desk):
    other = therapist_at(desk.clinic)
    row = desk.book()

    copy(at_desk, row, therapist=other.pk, time="10:00")

    assert Appointment.objects.exclude(pk=row.pk).get().therapist == other


def test_a_copy_onto_a_taken_time_is_refused_and_says_who_was_faster(at_desk, desk):
    row = desk.book()
    desk.book(
        starts_at=at(9, day=NEXT_MONDAY),
        patient=PatientFactory(clinic=desk.clinic, last_name="Lund"),
        by=UserFactory(first_name="Kim", last_name="Lee"),
    )

    response = copy(at_desk, row)

    assert response.status_code == 409
    assert response.json()["detail"] == (
        "Dana Reyes, PT has Lund, Ada from 9:00 am to 9:45 am. Kim Lee booked it just now."
    )
    assert Appointment.objects.count() == 2


def test_what_oneself_or_nobody_lately_put_there_names_nobody(at_desk, desk):
    row = desk.book()
    desk.book(starts_at=at(9, day=NEXT_MONDAY), patient=PatientFactory(clinic=desk.clinic))
    desk.book(
        starts_at=at(11, day=NEXT_MONDAY),
        patient=PatientFactory(clinic=desk.clinic),
        by=UserFactory(),
    )
    long_ago = timezone.now() - dt.timedelta(minutes=16)

    own = copy(at_desk, row).json()["detail"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: long_ago + dt.timedelta(hours=1))
        old = copy(at_desk, row, time="11:00").json()["detail"]

    assert own == "Dana Reyes, PT has Okafor, Ada from 9:00 am to 9:45 am."
    assert old == "Dana Reyes, PT has Okafor, Ada from 11:00 am to 11:45 am."


def test_a_copy_outside_hours_asks_first(at_desk, desk):
    row = desk.book()

    asked = copy(at_desk, row, time="18:00")
    done = copy(at_desk, row, time="18:00", anyway="true")

    assert (asked.status_code, asked.json()["code"]) == (409, "outside_hours")
    assert done.status_code == 201


def test_a_copy_without_a_time_is_refused_beside_it(at_desk, desk):
    row = desk.book()

    response = copy(at_desk, row, time="soon")

    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["time"]


def test_without_a_script_copy_opens_the_booking_form_a_week_on(at_desk, desk):
    row = desk.book()

    response = at_desk.get(reverse("scheduling:copy", args=[row.pk]), follow=True)

    form = response.context["form"]
    assert form.initial["patient"] == desk.patient.pk
    assert (str(form.initial["date"]), form.initial["time"]) == ("2026-03-09", "09:00")
    assert AuditEvent.objects.filter(action="appointment.viewed", target_id=row.pk).count() == 1


def test_the_form_opens_at_the_time_that_was_chosen(at_desk, desk):
    row = desk.book()

    response = at_desk.get(
        reverse("scheduling:copy", args=[row.pk]),
        {"date": "2026-03-16", "time": "13:15", "minutes": "30"},
        follow=True,
    )

    initial = response.context["form"].initial
    assert [initial[name] for name in ("date", "time", "minutes")] == ["2026-03-16", "13:15", "30"]


def test_a_stale_drag_says_who_moved_it(at_desk, desk):
    row = desk.book()
    booking.move(
        appointment=row,
        version=1,
        starts_at=at(11),
        by=UserFactory(first_name="Kim", last_name="Lee"),
    )

    response = at_desk.post(
        reverse("scheduling:move", args=[row.pk]),
        {
            "date": MONDAY.isoformat(),
            "time": "15:00",
            "minutes": 45,
            "therapist": desk.therapist.pk,
            "version": 1,
        },
        headers={"Accept": "application/json"},
    )

    assert response.status_code == 409
    assert response.json()["detail"] == (
        "Kim Lee moved this meanwhile: it is now booked, Monday, March 2 at 11:00 am "
        "with Dana Reyes, PT."
    )
