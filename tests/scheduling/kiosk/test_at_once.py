"""Kiosks tapped at the same moment: one is checked in, and the tries are counted."""

import pytest
from django.utils import timezone

from people.models import AuditEvent
from scheduling import kiosks, locking
from scheduling.models import DeskRules, KioskTry
from tests.at_once import Meeting
from tests.factories import AppointmentFactory, KioskFactory, PatientFactory
from tests.scheduling.conftest import open_desk
from tests.scheduling.kiosk.at_kiosk import BORN
from tests.scheduling.test_race import all_at_once

pytestmark = pytest.mark.django_db


def tap_at_eight_kiosks():
    """One patient, eight kiosks, one moment: how often each answer came."""
    desk = open_desk()
    patient = PatientFactory(clinic=desk.clinic, last_name="Okafor", birth_date=BORN)
    AppointmentFactory(
        patient=patient, therapist=desk.therapist, type=desk.type, starts_at=timezone.now()
    )
    tablets = [KioskFactory(clinic=desk.clinic, made_by=desk.user) for _ in range(8)]

    def tap(number):
        return kiosks.check_in(tablets[number], birth_date=BORN, last_name="Okafor")

    return all_at_once(tap)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_tap_at_once_one_is_checked_in():
    assert tap_at_eight_kiosks() == {True: 1, False: 7}
    assert AuditEvent.objects.filter(action="appointment.checked_in_by_kiosk").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_taps_check_in_more_than_once(monkeypatch):
    def rows_without_lock(model, pks, *related):
        return list(model.objects.select_related(*related).filter(pk__in=pks).order_by("pk"))

    monkeypatch.setattr(locking, "_rows", Meeting().after(rows_without_lock))

    assert tap_at_eight_kiosks()[True] > 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_guess_at_once_no_more_are_looked_at_than_the_clinic_allows():
    desk = open_desk()
    DeskRules.objects.create(clinic=desk.clinic, kiosk_most_tries=3)
    kiosk = KioskFactory(clinic=desk.clinic, made_by=desk.user)

    def guess(number):
        return kiosks.check_in(kiosk, birth_date=BORN, last_name=f"Nobody{number}")

    assert all_at_once(guess) == {False: 8}
    assert KioskTry.objects.count() == 3
