"""A clinic on a Monday: one therapist with hours, one patient, one type, one member of the desk."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from people.models import Clinic, Patient, Therapist, User
from scheduling import booking
from scheduling.models import Appointment, AppointmentType
from tests.factories import (
    AppointmentTypeFactory,
    ClinicFactory,
    PatientFactory,
    TherapistFactory,
    UserFactory,
    WeeklyHoursFactory,
    at,
)


def therapist_at(*clinics: Clinic, **fields: Any) -> Therapist:
    """A therapist of these clinics who works there on Mondays from 8 to 5."""
    therapist = TherapistFactory(**fields)
    therapist.user.clinics.set(clinics)
    for clinic in clinics[:1]:
        WeeklyHoursFactory(therapist=therapist, clinic=clinic)
    return therapist


@dataclass
class Desk:
    """What a test books with; `book()` fills in whatever it does not say."""

    clinic: Clinic
    user: User
    therapist: Therapist
    patient: Patient
    type: AppointmentType

    def book(self, **changes: Any) -> Appointment:
        asked: dict[str, Any] = {
            "patient": self.patient,
            "therapist": self.therapist,
            "clinic": self.clinic,
            "appointment_type": self.type,
            "starts_at": at(9),
            "by": self.user,
        }
        return booking.book(**asked | changes)


@pytest.fixture
def desk(db: None) -> Desk:
    return open_desk()


@pytest.fixture
def at_desk(client: Client, desk: Desk) -> Client:
    """A browser in which the front desk is signed in."""
    client.force_login(desk.user)
    return client


@pytest.fixture
def monday_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is half past ten on Monday, 2 March 2026."""
    half_past_ten = at(10, 30).astimezone(dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: half_past_ten)


def open_desk() -> Desk:
    clinic = ClinicFactory(name="Riverbend")
    clinic.refresh_from_db()  # opening hours are text until they have been stored
    therapist = therapist_at(
        clinic, user__first_name="Dana", user__last_name="Reyes", user__email="dana@example.com"
    )
    return Desk(
        clinic=clinic,
        user=UserFactory(clinics=[clinic], email="desk@example.com"),
        therapist=therapist,
        patient=PatientFactory(clinic=clinic),
        type=AppointmentTypeFactory(name="Follow-up"),
    )
