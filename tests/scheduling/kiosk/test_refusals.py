"""The kiosk has one no: in the same words and with the same work, whatever the reason."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scheduling import booking
from scheduling.models import Appointment, DeskRules, Kiosk, KioskTry
from tests.factories import AppointmentFactory, ClinicFactory, PatientFactory, at
from tests.scheduling.conftest import therapist_at
from tests.scheduling.kiosk.at_kiosk import BORN, NO, expected, status_of, tell, whole

pytestmark = pytest.mark.django_db


def nobody_of_that_name(desk, visit):
    return {"last_name": "Okafo"}


def born_another_day(desk, visit):
    return {"day": "13"}


def not_today(desk, visit):
    Appointment.objects.update(
        starts_at=at(11, day=dt.date(2026, 3, 3)), ends_at=at(12, day=dt.date(2026, 3, 3))
    )


def too_early(desk, visit):
    DeskRules.objects.create(clinic=desk.clinic, kiosk_opens_minutes=29)


def too_late(desk, visit):
    Appointment.objects.update(starts_at=at(9), ends_at=at(9, 45))


def already_here(desk, visit):
    booking.check_in(visit, by=desk.user)


def in_treatment(desk, visit):
    booking.start_session(visit, by=desk.user)


def called_off(desk, visit):
    booking.cancel(visit, reason="Ill", by=desk.user)


def removed(desk, visit):
    visit.patient.removed_at = timezone.now()
    visit.patient.save(update_fields=["removed_at"])


def died(desk, visit):
    visit.patient.deceased_on = dt.date(2026, 2, 27)
    visit.patient.save(update_fields=["deceased_on"])


def at_another_clinic(desk, visit):
    elsewhere = ClinicFactory()
    Appointment.objects.update(clinic=elsewhere)


def twins(desk, visit):
    twin = PatientFactory(clinic=desk.clinic, last_name="Okafor", birth_date=BORN)
    expected(desk, twin, hour=14)


def two_visits_at_about_now(desk, visit):
    AppointmentFactory(
        patient=visit.patient,
        therapist=therapist_at(desk.clinic),
        type=desk.type,
        starts_at=at(10, 15),
    )


def tried_too_often(desk, visit):
    kiosk = Kiosk.objects.get()
    for _ in range(10):
        KioskTry.objects.create(kiosk=kiosk, worked=False, from_address="10.0.0.9")


REASONS = [
    nobody_of_that_name,
    born_another_day,
    not_today,
    too_early,
    too_late,
    already_here,
    in_treatment,
    called_off,
    removed,
    died,
    at_another_clinic,
    twins,
    two_visits_at_about_now,
    tried_too_often,
]


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.__name__)
def test_every_refusal_is_the_same_answer_to_the_byte(tablet, desk, visit, path, reason):
    reference = whole(tell(tablet, path, last_name="Nobody"))
    changes = reason(desk, visit) or {}
    before = status_of(visit)

    answer = whole(tell(tablet, path, **changes))

    assert answer == reference
    assert NO in answer[3].decode()
    assert (answer[0], status_of(visit)) == (200, before)


@pytest.mark.parametrize(
    "reason", [one for one in REASONS if one is not tried_too_often], ids=lambda one: one.__name__
)
def test_every_refusal_does_the_same_work(tablet, desk, visit, path, reason):
    with CaptureQueriesContext(
        connection,
    ) as reference:
        tell(tablet, path, last_name="Nobody")
    changes = reason(desk, visit) or {}

    with CaptureQueriesContext(connection) as asked:
        tell(tablet, path, **changes)

    assert len(asked) == len(reference) > 5
