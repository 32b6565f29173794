"""A browser in which the owner is signed in."""

import pytest

from people.models import Role
from tests.factories import UserFactory


@pytest.fixture
def owner(client):
    person = UserFactory(roles=[Role.OWNER])
    client.force_login(person)
    return person
