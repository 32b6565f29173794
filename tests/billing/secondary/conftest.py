"""Medicare has a claim, and a commercial plan pays after it."""

import pytest

from people.models import Role
from tests.billing.makers import make_fees, make_partner, make_payer
from tests.billing.secondary.makers import commercial, sent
from tests.factories import CoverageFactory, UserFactory


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


@pytest.fixture
def medicare_first(biller):
    """Medicare was billed 275.00; a commercial plan pays second."""
    make_fees()
    partner = make_partner()
    claim = sent(make_payer(partner=partner), biller)
    other = commercial(partner)
    other.edi_payer_id = "88201"
    other.save(update_fields=["edi_payer_id"])
    CoverageFactory(patient=claim.patient, payer=other, priority=2, member_id="W123456789")
    return claim
