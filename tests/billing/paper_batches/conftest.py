"""A biller who is signed in, and a payer that wants its claims by mail."""

import pytest

from people.models import Role
from tests.billing.makers import make_fees
from tests.billing.paper_batches.makers import make_paper_payer
from tests.factories import UserFactory


@pytest.fixture
def biller(client):
    user = UserFactory(roles=[Role.BILLER])
    client.force_login(user)
    return user


@pytest.fixture
def by_mail(biller):
    make_fees()
    return make_paper_payer()
