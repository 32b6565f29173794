"""Late or not, and which fee: from values alone."""

import datetime as dt
from decimal import Decimal

import pytest

from scheduling.fee_rules import (
    FeeRule,
    fee_for_cancelling,
    fee_for_no_show,
    is_late,
    minutes_late,
)

START = dt.datetime(2026, 3, 9, 16, tzinfo=dt.UTC)


def rule(**changes):
    given = {
        "late_cancel_hours": 24,
        "no_show_fee": Decimal("50.00"),
        "late_cancel_fee": Decimal("25.00"),
        "first_is_free": True,
    }
    return FeeRule(**given | changes)


@pytest.mark.parametrize(
    ("notice", "late"),
    [
        (dt.timedelta(hours=24), False),
        (dt.timedelta(hours=23, minutes=59), True),
        (dt.timedelta(minutes=-5), True),
    ],
)
def test_exactly_the_notice_asked_for_is_in_time(notice, late):
    assert is_late(rule(), starts_at=START, cancelled_at=START - notice) is late


def test_a_clinic_that_asks_for_no_notice_calls_only_a_cancellation_after_the_start_late():
    none = rule(late_cancel_hours=0)

    assert is_late(none, starts_at=START, cancelled_at=START) is False
    assert is_late(none, starts_at=START, cancelled_at=START + dt.timedelta(seconds=1)) is True


@pytest.mark.parametrize(
    ("first_is_free", "before", "fee"),
    [(True, 0, "0.00"), (True, 1, "50.00"), (False, 0, "50.00")],
)
def test_the_first_no_show_is_free_where_the_clinic_says_so(first_is_free, before, fee):
    assert fee_for_no_show(rule(first_is_free=first_is_free), missed_before=before) == Decimal(fee)


@pytest.mark.parametrize(
    ("late", "before", "fee"), [(False, 5, "0.00"), (True, 0, "0.00"), (True, 1, "25.00")]
)
def test_only_a_late_cancellation_costs(late, before, fee):
    assert fee_for_cancelling(rule(), late=late, missed_before=before) == Decimal(fee)


@pytest.mark.parametrize(("seconds", "late"), [(-600, 0), (59, 0), (60, 1), (750, 12)])
def test_whole_minutes_after_the_start_are_late(seconds, late):
    assert minutes_late(START, START + dt.timedelta(seconds=seconds)) == late
