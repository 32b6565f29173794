"""A patient who was asked to fill in the questionnaire, and the desk that asked."""

import datetime as dt

import pytest
from django.utils import timezone

from people import questionnaires
from tests.factories import ClinicFactory, PatientFactory, UserFactory


@pytest.fixture
def clinic():
    return ClinicFactory(name="Riverbend")


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic, email="ada@example.com", contact_by="email")


@pytest.fixture
def desk(clinic):
    return UserFactory(clinics=[clinic])


@pytest.fixture
def row(patient, desk):
    until = timezone.now() + dt.timedelta(days=14)
    return questionnaires.invite(patient=patient, until=until, by=desk)
