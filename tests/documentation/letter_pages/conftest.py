"""A desk, an owner, and a bell for letters that nobody answers."""

import pytest

from documentation.tasks import send_letter
from people.models import Role
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """The ids of the letters for which the bell rang; nobody answers it here."""
    heard = []
    monkeypatch.setattr(send_letter, "delay_on_commit", heard.append)
    return heard


@pytest.fixture
def desk(clinic):
    return UserFactory(roles=[Role.FRONT_DESK], clinics=[clinic])


@pytest.fixture
def owner():
    return UserFactory(roles=[Role.OWNER])
