"""A provider of text messages that keeps what it is sent."""

import pytest

from tests.at_once import PATIENCE
from tests.people import sms_provider


@pytest.fixture
def provider(settings):
    with sms_provider.at_work() as provider:
        settings.SMS_URL = provider.url
        settings.SMS_ACCOUNT, settings.SMS_TOKEN = "AC1", "secret"
        settings.SMS_FROM = "+15035550100"
        settings.SMS_TIMEOUT_SECONDS = PATIENCE
        yield provider
