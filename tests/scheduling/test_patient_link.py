"""The link in a message: looking changes nothing, buttons do, and twice is once."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people import links
from people.models import AuditEvent, PatientLink
from scheduling import booking, reminders
from scheduling.models import Appointment, DeskRules, TimeRequest
from scheduling.views.patient_link import GUESSES
from tests.factories import AppointmentTypeFactory, PatientFactory
from tests.scheduling.conftest import open_desk

pytestmark = pytest.mark.django_db
Status = Appointment.Status


@pytest.fixture
def row(db):
    """In ten days, at noon on the clinic's clock."""
    desk = open_desk()
    return desk.book(
        patient=PatientFactory(clinic=desk.clinic, first_name="Ada", last_name="Okafor"),
        appointment_type=AppointmentTypeFactory(name="Vestibular"),
        remark="dizzy",
        starts_at=noon_in(10),
        anyway=True,
    )


def noon_in(days):
    today = timezone.now().replace(hour=20, minute=0, second=0, microsecond=0)
    return today + dt.timedelta(days=days)


def path_of(row, name="patient-link"):
    token = reminders.url_of(row).rstrip("/").rpartition("/")[2]
    return reverse(f"scheduling:{name}", args=[token])


def page(response):
    return " ".join(response.content.decode().split())


def status_of(row):
    return Appointment.objects.get(pk=row.pk).status


def stand(row, **values):
    Appointment.objects.filter(pk=row.pk).update(**values)


@pytest.fixture
def stranger():
    """A browser that is not signed in, keeps no cookie and sends no CSRF token."""
    return Client(enforce_csrf_checks=True)


def test_the_page_says_where_when_and_with_whom_and_never_why(row, stranger):
    shown = page(stranger.get(path_of(row)))

    local = row.starts_at.astimezone(row.clinic.zone)
    for told in (
        "Ada, can you come?",
        f"{local:%A, %B} {local.day}",
        "with Dana, PT",
        "Riverbend",
        "100 Main St",
        "(503) 555-0142",
    ):
        assert told in shown
    for secret in ("Okafor", "Vestibular", "dizzy", "Reyes"):
        assert secret not in shown


def test_looking_changes_nothing(row, stranger):
    before = Appointment.objects.values().get(pk=row.pk)
    path_of(row)
    events = AuditEvent.objects.count()

    for name in ("patient-link", "patient-link-cancel", "patient-link-ask"):
        assert stranger.get(path_of(row, name)).status_code == 200
        assert stranger.head(path_of(row, name)).status_code == 200

    assert Appointment.objects.values().get(pk=row.pk) == before
    assert (TimeRequest.objects.count(), AuditEvent.objects.count()) == (0, events)


def test_the_pages_keep_their_address_to_themselves(row, stranger):
    for path in (path_of(row), reverse("scheduling:patient-link", args=["1.spoilt"])):
        answer = stranger.get(path)
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"], answer["Cache-Control"]) == (
            "no-referrer",
            "noindex, nofollow",
            "no-store, private",
        )
        assert answer.cookies == {}


def test_confirming_twice_is_once(row, stranger):
    answers = [stranger.post(path_of(row)) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [path_of(row)] * 2
    assert status_of(row) == Status.CONFIRMED
    assert "Thank you, Ada. We expect you." in page(stranger.get(path_of(row)))
    event = AuditEvent.objects.get(action="appointment.confirmed_by_link")
    assert (event.actor, event.patient, event.target_id) == (
        None,
        row.patient,
        PatientLink.objects.get().pk,
    )


def test_cancelling_asks_first_and_twice_is_once(row, stranger):
    asked = page(stranger.get(path_of(row, "patient-link-cancel")))
    assert "Cancel this appointment, Ada?" in asked
    assert status_of(row) == Status.BOOKED

    answers = [stranger.post(path_of(row, "patient-link-cancel")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    row.refresh_from_db()
    assert (row.status, row.cancel_reason) == ("cancelled", "Cancelled by the patient by link")
    assert "this appointment is cancelled" in page(stranger.get(path_of(row)))


@pytest.mark.parametrize(("hours", "may"), [(240, True), (336, False)])
def test_within_the_clinics_notice_cancelling_is_a_call(row, stranger, hours, may):
    DeskRules.objects.create(clinic=row.clinic, late_cancel_hours=hours)
    stand(row, starts_at=noon_in(12), ends_at=noon_in(12) + dt.timedelta(hours=1))

    shown = page(stranger.get(path_of(row)))
    answer = stranger.post(path_of(row, "patient-link-cancel"))

    assert ("Cancel the appointment" in shown) is may
    assert (f"less than {hours} hours before, please call" in shown) is not may
    assert answer.status_code == (303 if may else 409)
    assert (status_of(row) == Status.CANCELLED) is may


def test_asking_for_another_time_waits_for_the_desk_and_can_be_changed(row, stranger):
    path = path_of(row, "patient-link-ask")

    stranger.post(path, {"weekdays": ["0", "2"], "windows": ["morning"]})
    stranger.post(path, {"weekdays": ["4"], "words": "After school"})

    request = TimeRequest.objects.get()
    assert (request.weekdays, request.windows, request.words) == ([4], [], "After school")
    assert "You asked for another time (Fri)." in page(stranger.get(path_of(row)))
    assert status_of(row) == Status.BOOKED


@pytest.mark.parametrize(
    "typed", [{}, {"weekdays": ["9"]}, {"windows": ["night"]}, {"words": "x" * 301}]
)
def test_wishes_that_say_nothing_or_nonsense_are_refused_on_the_page(row, stranger, typed):
    answer = stranger.post(path_of(row, "patient-link-ask"), typed)

    assert answer.status_code == 422
    assert "callout-danger" in page(answer)
    assert TimeRequest.objects.count() == 0


def test_after_a_move_the_same_link_shows_the_new_time(row, stranger):
    path = path_of(row)
    desk = row.booked_by
    moved = booking.move(appointment=row, version=1, starts_at=noon_in(11), by=desk, anyway=True)

    local = moved.starts_at.astimezone(row.clinic.zone)
    assert f"{local:%A, %B} {local.day}" in page(stranger.get(path))
    stranger.post(path)
    assert status_of(row) == Status.CONFIRMED


@pytest.mark.parametrize("status", ["arrived", "in_session", "completed", "no_show"])
def test_once_it_has_begun_nothing_can_be_changed(row, stranger, status):
    stand(row, status=status)

    answers = [
        stranger.post(path_of(row, name), {"weekdays": ["1"]})
        for name in ("patient-link", "patient-link-cancel", "patient-link-ask")
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 200]
    assert "nothing can be changed here any more" in page(answers[2])
    assert (status_of(row), TimeRequest.objects.count()) == (status, 0)


def test_a_past_appointment_cannot_be_confirmed(row, stranger):
    hour_ago = timezone.now() - dt.timedelta(hours=1)
    stand(row, starts_at=hour_ago, ends_at=hour_ago + dt.timedelta(minutes=45))

    assert stranger.post(path_of(row)).status_code == 409
    assert status_of(row) == Status.BOOKED


def test_an_expired_or_revoked_link_has_a_kind_page(row, stranger):
    path = path_of(row)
    PatientLink.objects.update(
        made_at=timezone.now() - dt.timedelta(days=3),
        expires_at=timezone.now() - dt.timedelta(days=1),
    )
    expired = stranger.post(path)
    PatientLink.objects.update(expires_at=timezone.now() + dt.timedelta(days=1))
    links.revoke(purpose=PatientLink.Purpose.APPOINTMENT, target=row)
    revoked = stranger.get(path)

    assert (expired.status_code, revoked.status_code) == (410, 410)
    assert "This link is no longer open" in page(expired)
    assert "(503) 555-0142" in page(revoked)
    assert status_of(row) == Status.BOOKED


def test_who_guesses_addresses_is_kept_waiting(row, stranger):
    spoilt = reverse("scheduling:patient-link", args=["1.spoilt"])

    answers = [stranger.get(spoilt).status_code for _ in range(GUESSES + 1)]

    assert answers == [404] * GUESSES + [429]
    assert stranger.get(path_of(row)).status_code == 429


def test_the_link_of_another_purpose_opens_nothing(row, stranger):
    link = links.make(
        purpose=PatientLink.Purpose.INTAKE,
        patient=row.patient,
        expires_at=timezone.now() + dt.timedelta(days=1),
        by=None,
    )

    path = reverse("scheduling:patient-link", args=[links.token_of(link)])
    assert stranger.get(path).status_code == 404
