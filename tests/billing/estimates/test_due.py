"""Who is due an estimate, and by when."""

import datetime as dt

import pytest

from billing import estimates, estimates_due
from billing.models import EstimateRequest, EstimateRule
from people.models import Role
from tests.billing.estimates.makers import book, day, issue, make, plan_of
from tests.factories import CoverageFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


def due(user) -> list[tuple[dt.date, int, bool]]:
    """When, of how many visits, and whether it is made already."""
    return [(row.on, row.visits, row.estimate is not None) for row in estimates_due.due_list(user)]


def test_a_patient_booked_without_a_card_is_due_by_how_far_ahead(patient, follow_up, desk):
    book(patient, follow_up, day(5))
    book(patient, follow_up, day(16))

    assert due(desk) == [(day(3), 2, False)]


def test_who_was_booked_too_near_for_an_estimate_is_not_on_the_list(patient, follow_up, desk):
    book(patient, follow_up, day(4))

    assert due(desk) == []


@pytest.mark.parametrize(
    ("ends_on", "rows"),
    [(None, []), (day(17), [(day(5), 1, False)]), (day(15), [(day(5), 2, False)])],
)
def test_a_card_counts_on_the_days_it_holds(patient, follow_up, desk, ends_on, rows):
    CoverageFactory(patient=patient, ends_on=ends_on)
    book(patient, follow_up, day(16))
    book(patient, follow_up, day(18))

    assert due(desk) == rows


def test_another_clinics_patients_are_not_on_the_list(patient, follow_up, desk):
    book(PatientFactory(), follow_up, day(16))

    assert due(desk) == []


def test_an_issued_estimate_stays_due_until_it_is_given(patient, follow_up, desk, biller):
    visit = book(patient, follow_up, day(16))
    estimate = make(issue(patient, plan_of(visit), biller))
    assert due(desk) == [(day(5), 1, True)]

    estimates.give(estimate=estimate, how="paper", by=desk)
    assert due(desk) == []

    book(patient, follow_up, day(18))
    assert due(desk) == [(day(5), 1, False)]


def test_visits_booked_later_are_covered_where_the_estimate_counted_them(
    patient, follow_up, desk, biller
):
    plan = plan_of(
        services={follow_up.pk: (("97110", 2),)},
        more_visits=1,
        more_type=follow_up,
        more_until=day(31),
    )
    estimates.give(estimate=make(issue(patient, plan, biller)), how="paper", by=desk)
    book(patient, follow_up, day(16))
    assert due(desk) == []

    book(patient, follow_up, day(18))
    assert due(desk) == [(day(5), 1, False)]


def test_who_asks_is_due_within_three_business_days_until_it_is_given(
    patient, follow_up, desk, biller
):
    assert estimates.note_request(patient=patient, by=desk) == estimates.note_request(
        patient=patient, by=desk
    )
    assert due(desk) == [(day(5), 0, False)]

    visit = book(patient, follow_up, day(4))
    estimate = make(issue(patient, plan_of(visit), biller))
    assert EstimateRequest.objects.get().answered_by == estimate
    assert due(desk) == [(day(5), 0, True)]

    estimates.give(estimate=estimate, how="paper", by=desk)
    assert due(desk) == []


def test_other_lead_times_are_another_row(patient, follow_up, desk):
    EstimateRule.objects.update(far_within_days=5)
    book(patient, follow_up, day(16))

    assert due(desk) == [(day(9), 1, False)]


def test_without_a_rule_nothing_is_due_and_nothing_is_issued(patient, follow_up, desk, biller):
    visit = book(patient, follow_up, day(16))
    EstimateRule.objects.update(effective_to=day(1))

    assert due(desk) == []
    with pytest.raises(estimates.NoRule):
        issue(patient, plan_of(visit), biller)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_for_any_number_of_patients(
    patient, follow_up, biller, django_assert_num_queries, count
):
    for number in range(count):
        someone = PatientFactory(clinic=patient.clinic)
        visit = book(someone, follow_up, day(16 + number))
        issue(someone, plan_of(visit), biller)
    owner = UserFactory(roles=[Role.OWNER])

    # The rule, the visits, their cards, who asked, the estimates and their visits.
    with django_assert_num_queries(6):
        assert len(estimates_due.due_list(owner)) == count
