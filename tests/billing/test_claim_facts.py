"""What the checks are handed about a claim, row by row."""

import datetime as dt

import pytest

from billing.claim_facts import facts_of
from billing.claims import draft_claim
from billing.coding import code_visit
from billing.models import Claim
from billing.rules.facts import ClaimFacts
from tests.billing.makers import sign
from tests.factories import (
    EpisodeFactory,
    PlanOfCareFactory,
    PracticeFactory,
    TimedEntryFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


def facts_about(claim: Claim) -> ClaimFacts:
    claim = Claim.objects.get(pk=claim.pk)
    coded = code_visit(claim.visit, claim.coverage)
    return facts_of(claim, coded, today=claim.visit.date_of_service)


def test_a_plan_of_twenty_weeks_covers_ninety_days_from_first_treatment():
    PracticeFactory()
    episode = EpisodeFactory(started_on=dt.date(2026, 2, 23))
    PlanOfCareFactory(episode=episode, starts_on=dt.date(2026, 2, 25), duration_weeks=20)
    visit = VisitFactory(episode=episode)
    TimedEntryFactory(visit=visit, code_id="97112", minutes=24)
    sign(visit)

    (found,) = facts_about(draft_claim(visit)).plans

    assert (found.starts_on, found.through) == (dt.date(2026, 2, 25), dt.date(2026, 5, 23))
    assert found.on_file.begins_on == dt.date(2026, 2, 23)
    assert found.on_file.is_initial
