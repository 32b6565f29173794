"""When a plan of care is certified and until when a payer takes a claim, day by day."""

from datetime import date

import pytest

from billing.rules.checks import scrub
from billing.rules.checks_coverage import filing_deadline
from billing.rules.types import Severity
from tests.billing.rules.claims import GOOD, but, first_plan, plan
from tests.billing.rules.makers import policy

HELD = "error"
SHOWN = "warning"

# Certification, CMS Pub. 100-02, ch. 15, § 220.1.3


@pytest.mark.parametrize(
    ("plans", "today", "severity"),
    [
        # Started 2 February: to be signed by 4 March.
        (first_plan(signed_on=None), date(2026, 3, 4), SHOWN),
        (first_plan(signed_on=None), date(2026, 3, 5), HELD),
        (first_plan(signed_on=date(2026, 3, 4)), date(2026, 3, 10), None),
        (first_plan(signed_on=date(2026, 3, 5)), date(2026, 3, 10), SHOWN),
        (
            first_plan(signed_on=date(2026, 3, 5), delay_reason="sent twice, faxed back late"),
            date(2026, 3, 10),
            None,
        ),
        # A verbal order on 1 March gives until 15 March.
        (first_plan(signed_on=None, verbal_on=date(2026, 3, 1)), date(2026, 3, 15), SHOWN),
        (first_plan(signed_on=None, verbal_on=date(2026, 3, 1)), date(2026, 3, 16), HELD),
        (
            first_plan(signed_on=date(2026, 3, 15), verbal_on=date(2026, 3, 1)),
            date(2026, 3, 20),
            None,
        ),
        (
            first_plan(signed_on=date(2026, 3, 16), verbal_on=date(2026, 3, 1)),
            date(2026, 3, 20),
            SHOWN,
        ),
        # A verbal order after the thirty days helps nobody.
        (first_plan(signed_on=None, verbal_on=date(2026, 3, 9)), date(2026, 3, 10), HELD),
        # A signed order on file and the plan sent within thirty days (42 CFR 424.24(c)).
        (
            first_plan(signed_on=None, order_signed_on=date(2026, 1, 20), sent_on=date(2026, 3, 4)),
            date(2026, 3, 10),
            None,
        ),
        (
            first_plan(signed_on=None, order_signed_on=date(2026, 1, 20), sent_on=date(2026, 3, 5)),
            date(2026, 3, 10),
            HELD,
        ),
        (first_plan(signed_on=None, sent_on=date(2026, 2, 3)), date(2026, 3, 10), HELD),
        (first_plan(signed_on=None, order_signed_on=date(2026, 1, 20)), date(2026, 3, 10), HELD),
        # A recertification is always signed.
        (
            first_plan(
                is_initial=False,
                signed_on=None,
                order_signed_on=date(2026, 1, 20),
                sent_on=date(2026, 2, 3),
            ),
            date(2026, 3, 3),
            HELD,
        ),
        (first_plan(is_initial=False, signed_on=None), date(2026, 2, 2), SHOWN),
        (first_plan(is_initial=False, signed_on=None), date(2026, 2, 3), HELD),
        (first_plan(is_initial=False, signed_on=date(2026, 3, 4)), date(2026, 3, 10), None),
        # More than thirty days late it wants its reason, as an initial plan does.
        (first_plan(is_initial=False, signed_on=date(2026, 3, 5)), date(2026, 3, 10), SHOWN),
        (
            first_plan(is_initial=False, signed_on=date(2026, 3, 5), delay_reason="on leave"),
            date(2026, 3, 10),
            None,
        ),
        # First treatment came before the plan was written: the thirty days run from there.
        (first_plan(begins_on=date(2026, 1, 26), signed_on=None), date(2026, 2, 25), SHOWN),
        (first_plan(begins_on=date(2026, 1, 26), signed_on=None), date(2026, 2, 26), HELD),
    ],
)
def test_a_plan_is_certified_by_signature_or_by_order_and_in_time(plans, today, severity):
    on = min(today, GOOD.date_of_service)
    facts = but(plans=plans, today=today, date_of_service=on)

    found = [(f.check, f.severity.value) for f in scrub(facts)]

    assert found == ([("certification", severity)] if severity else [])


@pytest.mark.parametrize(
    ("start", "found"), [(date(2024, 12, 31), ["certification"]), (date(2025, 1, 1), [])]
)
def test_the_order_stands_for_a_signature_on_plans_from_2025(start, found):
    plan_on_order = plan(
        start,
        date(2025, 3, 1),
        order_signed_on=date(2024, 12, 1),
        sent_on=date(2025, 1, 2),
    )
    facts = but(
        plans=(plan_on_order,),
        date_of_service=date(2025, 1, 7),
        today=date(2025, 3, 1),
        onset_on=None,
        started_on=None,
        policy__authorization_required=False,
    )

    assert [f.check for f in scrub(facts)] == found


@pytest.mark.parametrize(("day", "found"), [(27, []), (28, ["certification"])])
def test_a_plan_covers_its_last_day_and_no_later_one(day, found):
    on = date(2026, 4, day)

    assert [f.check for f in scrub(but(date_of_service=on, today=on))] == found


def test_one_certified_plan_on_the_date_is_enough():
    unsigned = plan(date(2026, 2, 20), date(2026, 5, 1), is_initial=False)

    assert scrub(but(plans=(unsigned, *GOOD.plans))) == []


def test_of_two_uncertified_plans_the_mildest_word_counts():
    unsigned = plan(date(2026, 2, 20), date(2026, 5, 1), is_initial=False)
    waiting = plan(date(2026, 2, 25), date(2026, 5, 1))

    found = [f.severity for f in scrub(but(plans=(unsigned, waiting)))]

    assert found == [Severity.WARNING]


# Filing


@pytest.mark.parametrize(
    ("on", "terms", "deadline"),
    [
        (date(2026, 3, 2), {"timely_filing_months": 12}, date(2027, 3, 2)),
        (date(2028, 2, 29), {"timely_filing_months": 12}, date(2029, 2, 28)),
        (date(2027, 6, 1), {"timely_filing_months": 12}, date(2028, 6, 1)),
        (date(2026, 8, 31), {"timely_filing_months": 6}, date(2027, 2, 28)),
        (date(2026, 12, 31), {"timely_filing_days": 90}, date(2027, 3, 31)),
        (date(2026, 3, 2), {}, None),
    ],
)
def test_the_filing_deadline_is_counted_as_the_payer_counts(on, terms, deadline):
    assert filing_deadline(on, policy(**terms)) == deadline


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2026, 5, 12), []),  # 71 of 90 days
        (date(2026, 5, 13), [SHOWN]),  # 72 of 90
        (date(2026, 5, 31), [SHOWN]),  # the last day
        (date(2026, 6, 1), [HELD]),
    ],
)
def test_the_last_fifth_of_ninety_days_warns(day, found):
    facts = but(policy__timely_filing_months=None, policy__timely_filing_days=90, today=day)

    assert [f.severity.value for f in scrub(facts)] == found
