"""No day of a certification stands without what it rests on: beside the field, and in the rows."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from billing import claim_facts
from documentation import cases, compliance
from documentation.models import PlanOfCare
from documentation.rules.certification import State
from tests.factories import EpisodeFactory, PlanOfCareFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("values", "field", "constraint"),
    [
        ({"sent_on": DAY}, "sent_proof", "a_sent_plan_has_evidence"),
        ({"verbal_on": DAY}, "verbal_by", "a_verbal_order_names_who_gave_it"),
        (
            {"signed_on": DAY, "signed_proof": "In the chart"},
            "signed_by_name",
            "a_signed_plan_names_its_signer",
        ),
        (
            {"signed_on": DAY, "signed_by_name": "Dr. Chen"},
            "signed_proof",
            "a_signed_plan_names_its_signer",
        ),
    ],
)
def test_a_day_without_its_evidence_is_refused_beside_its_field_and_by_the_database(
    values, field, constraint
):
    plan = PlanOfCareFactory()

    with pytest.raises(ValidationError) as refused:
        cases.change_plan(plan=plan, by=UserFactory(), **values)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PlanOfCare.objects.filter(pk=plan.pk).update(**values)

    assert field in refused.value.message_dict


def test_a_signed_plan_is_kept_and_an_unsigned_one_may_go():
    signed, unsigned = PlanOfCareFactory(signed_on=DAY), PlanOfCareFactory()

    unsigned.delete()
    with pytest.raises(DatabaseError, match="is kept"), transaction.atomic():
        signed.delete()

    assert list(PlanOfCare.objects.all()) == [signed]


def test_the_first_plan_counts_from_first_treatment_and_a_renewal_from_its_start():
    episode = EpisodeFactory(started_on=dt.date(2026, 2, 20))
    plan = PlanOfCareFactory(episode=episode, starts_on=dt.date(2026, 2, 23))
    days = {"today": dt.date(2026, 3, 22), "episode": episode}

    first = compliance.told_of(plan, is_first=True, **days)
    renewal = compliance.told_of(plan, is_first=False, **days)

    assert (first[0].state, first[0].due_on) == (State.NOT_SENT, dt.date(2026, 3, 22))
    assert (renewal[0].state, renewal[0].due_on) == (State.OVERDUE, dt.date(2026, 2, 23))


def test_billing_reads_the_verbal_order_and_the_reason_of_a_late_signature():
    plan = PlanOfCareFactory(
        signed_on=dt.date(2026, 5, 1),
        verbal_on=DAY,
        verbal_by="Dr. Chen",
        delay_reason="The physician was away.",
    )

    [facts] = claim_facts._plans(plan.episode)

    assert (facts.on_file.verbal_on, facts.on_file.delay_reason) == (DAY, "The physician was away.")
