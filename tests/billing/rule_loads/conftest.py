"""Who loads CMS's files."""

import pytest

from people.models import Role
from tests.factories import UserFactory


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])
