"""What the checks are handed about a claim, row by row."""

import datetime as dt

import pytest

from billing.claim_facts import facts_of
from billing.claims import draft_claim
from billing.coding import code_visit
from billing.models import Claim
from billing.rules.facts import ClaimFacts
from tests.billing.makers import make_fees, make_payer, make_signed_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer():
    make_fees()
    return make_payer()


def facts_about(claim: Claim) -> ClaimFacts:
    claim = Claim.objects.get(pk=claim.pk)
    coded = code_visit(claim.visit, claim.coverage)
    return facts_of(claim, coded, today=claim.visit.date_of_service)


def test_a_plan_of_twenty_weeks_covers_ninety_days_from_first_treatment(payer):
    visit = make_signed_visit(payer=payer)
    episode, plan = visit.episode, visit.episode.plans.get()
    plan.starts_on, plan.duration_weeks = dt.date(2026, 2, 25), 20
    plan.save(update_fields=["starts_on", "duration_weeks"])
    episode.started_on = dt.date(2026, 2, 23)
    episode.save(update_fields=["started_on"])

    (found,) = facts_about(draft_claim(visit)).plans

    assert (found.starts_on, found.through) == (dt.date(2026, 2, 25), dt.date(2026, 5, 23))
    assert found.on_file.begins_on == dt.date(2026, 2, 23)
    assert found.on_file.is_initial
