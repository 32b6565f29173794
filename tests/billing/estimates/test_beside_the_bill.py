"""A bill is compared with what its estimate promised."""

from decimal import Decimal

import pytest

from billing import estimates, superbills
from tests.billing.estimates.makers import book, day, issue, plan_of
from tests.billing.makers import make_visit, sign

pytestmark = pytest.mark.django_db


def treated(patient, visit, *minutes):
    """The booked visit as it was treated, signed."""
    row = make_visit(*minutes)
    type(row).objects.filter(pk=row.pk).update(patient=patient, appointment=visit)
    row.refresh_from_db()
    sign(row)
    return row


def test_a_bill_is_compared_with_all_that_the_estimate_promised(patient, follow_up, biller):
    booked = [book(patient, follow_up, day(n)) for n in (9, 11)]
    estimate = issue(patient, plan_of(*booked), biller)  # $550.00
    first = treated(patient, booked[0], ("97112", 68), ("97110", 23))  # 5 × 95 + 1 × 85
    superbills.ask(patient=patient, visits=[first], by=biller)
    second = treated(patient, booked[1], ("97112", 53))

    (near,) = estimates.compare({second: Decimal("389.99")})
    (over,) = estimates.compare({second: Decimal("390.00")})

    assert near.estimate == over.estimate == estimate
    assert (near.billed, near.is_over) == (Decimal("949.99"), False)
    assert (over.billed, over.over_by, over.is_over) == (
        Decimal("950.00"),
        Decimal("400.00"),
        True,
    )


def test_a_visit_that_no_estimate_names_is_compared_with_none(patient, follow_up, biller):
    issue(patient, plan_of(book(patient, follow_up, day(9))), biller)
    other = treated(patient, book(patient, follow_up, day(11)), ("97112", 53))

    assert estimates.compare({other: Decimal("5000.00")}) == []
