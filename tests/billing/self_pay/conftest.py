"""A patient without a card at noon of a Monday, a booked visit, and the desk."""

import datetime as dt

import pytest
from django.utils import timezone

from billing import tasks
from people.models import Role
from tests.billing.makers import make_fees
from tests.billing.self_pay.makers import NOON
from tests.factories import (
    AppointmentFactory,
    AppointmentTypeFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
    at,
)


@pytest.fixture(autouse=True)
def monday_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON.astimezone(dt.UTC))


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """The papers for which a worker was rung."""
    ids = []
    monkeypatch.setattr(tasks.make_superbill, "delay", lambda pk: ids.append(("superbill", pk)))
    monkeypatch.setattr(tasks.make_estimate, "delay", lambda pk: ids.append(("estimate", pk)))
    return ids


@pytest.fixture
def patient():
    PracticeFactory()
    make_fees()
    return PatientFactory(email="ada@example.com", contact_by="email")


@pytest.fixture
def desk(client, patient):
    user = UserFactory(roles=[Role.FRONT_DESK], clinics=[patient.clinic])
    client.force_login(user)
    return user


@pytest.fixture
def booked(patient):
    kind = AppointmentTypeFactory(name="Balance follow-up")
    return AppointmentFactory(
        patient=patient, type=kind, starts_at=at(9, day=dt.date(2026, 3, 16)), booked_at=NOON
    )
