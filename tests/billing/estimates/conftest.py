"""A patient without a card at noon of a Monday, who bills them and who books them."""

import datetime as dt

import pytest
from django.utils import timezone

from people.models import Role
from tests.billing.estimates.makers import BOOKED_ON
from tests.billing.makers import make_fees
from tests.factories import AppointmentTypeFactory, PatientFactory, PracticeFactory, UserFactory, at


@pytest.fixture(autouse=True)
def monday_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(12, day=BOOKED_ON).astimezone(dt.UTC))


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER], first_name="Bea", last_name="Quill")


@pytest.fixture
def patient():
    PracticeFactory()
    make_fees()
    return PatientFactory(email="ada@example.com", contact_by="email")


@pytest.fixture
def follow_up():
    return AppointmentTypeFactory(name="Balance follow-up")


@pytest.fixture
def desk(patient):
    return UserFactory(roles=[Role.FRONT_DESK], clinics=[patient.clinic])
