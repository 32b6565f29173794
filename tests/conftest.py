"""What every test may lean on."""

import pytest
from rest_framework.test import APIClient


@pytest.fixture
def api_as():
    """An API client signed in as the given member of staff."""

    def sign_in(user) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return sign_in
