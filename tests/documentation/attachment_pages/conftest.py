"""A patient with a photo on the chart, and browsers of the desk and of a therapist."""

import pytest

from documentation import tasks
from people.models import Role
from tests.documentation.attachment_pages.pages import PHOTO, signed_in
from tests.documentation.outside import attachment_of
from tests.factories import ClinicFactory, PatientFactory


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    ids = []
    monkeypatch.setattr(tasks.make_thumbnail, "delay", ids.append)
    return ids


@pytest.fixture
def patient():
    return PatientFactory(clinic=ClinicFactory())


@pytest.fixture
def desk(patient):
    return signed_in(Role.FRONT_DESK, patient)


@pytest.fixture
def therapist(patient):
    return signed_in(Role.THERAPIST, patient)


@pytest.fixture
def photo(patient):
    return attachment_of(PHOTO, patient=patient, title="Referral of March")
