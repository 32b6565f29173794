"""A kiosk at the entrance, a tablet before it, and Ada, who is expected at eleven."""

import pytest
from django.test import Client

from tests.factories import PatientFactory
from tests.scheduling.kiosk.at_kiosk import BORN, expected, path_of


@pytest.fixture
def ada(desk):
    return PatientFactory(clinic=desk.clinic, last_name="Okafor", birth_date=BORN)


@pytest.fixture
def visit(desk, ada, monday_morning):
    """At eleven; it is half past ten."""
    return expected(desk, ada)


@pytest.fixture
def path(desk):
    return path_of(desk)


@pytest.fixture
def tablet():
    """A browser in which nobody is signed in, and which proves what the kiosk does not ask for."""
    return Client(enforce_csrf_checks=True)
