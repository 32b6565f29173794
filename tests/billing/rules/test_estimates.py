"""Business days, when an estimate is due, what it covers, and when a bill outgrows it."""

import datetime as dt
from decimal import Decimal

import pytest

from billing.rules.estimates import (
    LeadTimes,
    Planned,
    Promise,
    after_business_days,
    due_for,
    due_when_asked,
    federal_holidays,
    is_business_day,
    is_over,
    months_after,
    uncovered,
)

TIMES = LeadTimes(near_from=3, near_within=1, far_from=10, far_within=3, asked_within=3)
MONDAY = dt.date(2026, 3, 2)


def day(month: int, number: int, year: int = 2026) -> dt.date:
    return dt.date(year, month, number)


def visit(on: dt.date, *, booked_on: dt.date = MONDAY, number: int = 1, kind: int = 7) -> Planned:
    return Planned(id=number, booked_on=booked_on, on=on, kind=kind)


def test_the_federal_holidays_of_a_year_are_the_days_they_are_kept_on():
    assert sorted(federal_holidays(2026)) == [
        day(1, 1),
        day(1, 19),
        day(2, 16),
        day(5, 25),
        day(6, 19),
        day(7, 3),  # the Fourth is a Saturday
        day(9, 7),
        day(10, 12),
        day(11, 11),
        day(11, 26),
        day(12, 25),
    ]


def test_a_new_years_day_on_a_saturday_is_kept_in_the_year_before():
    assert day(12, 31, 2021) in federal_holidays(2021)
    assert day(1, 1, 2022) not in federal_holidays(2022)


def test_a_holiday_on_a_sunday_is_kept_on_the_monday():
    assert day(7, 5, 2027) in federal_holidays(2027)


@pytest.mark.parametrize(
    ("on", "is_one"),
    [(day(3, 6), True), (day(3, 7), False), (day(3, 8), False), (day(5, 25), False)],
)
def test_weekends_and_holidays_are_no_business_days(on, is_one):
    assert is_business_day(on) is is_one


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (MONDAY, 0, MONDAY),
        (MONDAY, 1, day(3, 3)),
        (day(3, 6), 1, day(3, 9)),
        (day(3, 7), 1, day(3, 9)),  # booked on a Saturday
        (day(5, 22), 3, day(5, 28)),  # over Memorial Day
    ],
)
def test_business_days_are_counted_from_the_day_after(start, count, end):
    assert after_business_days(start, count) == end


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (day(3, 4), None),  # two business days ahead: too near for an estimate
        (day(3, 5), day(3, 3)),  # three
        (day(3, 13), day(3, 3)),  # nine
        (day(3, 16), day(3, 5)),  # ten
        (day(6, 1), day(3, 5)),
    ],
)
def test_the_day_an_estimate_is_due_follows_how_far_ahead_the_visit_is_booked(on, due):
    assert due_for(visit(on), TIMES) == due


def test_who_asks_gets_it_within_three_business_days():
    assert due_when_asked(day(3, 5), TIMES) == day(3, 10)


def test_a_named_visit_is_covered_and_the_others_are_not():
    visits = [visit(day(3, 9), number=1), visit(day(3, 11), number=2)]

    assert uncovered(visits, [Promise(frozenset({1}))]) == [visits[1]]


def test_visits_that_were_only_counted_are_taken_up_in_order_of_their_days():
    visits = [visit(day(3, n), number=n) for n in (20, 9, 13, 11)]
    promise = Promise(frozenset(), more=2, kind=7, until=day(3, 31))

    assert [left.id for left in uncovered(visits, [promise])] == [13, 20]


@pytest.mark.parametrize(
    "planned", [visit(day(4, 1)), visit(day(3, 9), kind=8)], ids=["later", "of another type"]
)
def test_a_counted_visit_must_be_of_the_type_and_within_the_days(planned):
    promise = Promise(frozenset(), more=5, kind=7, until=day(3, 31))

    assert uncovered([planned], [promise]) == [planned]


@pytest.mark.parametrize(
    ("billed", "over"), [("1399.99", False), ("1400.00", True), ("900.00", False)]
)
def test_a_bill_may_be_disputed_from_the_very_amount_on(billed, over):
    assert is_over(Decimal(billed), Decimal("1000.00"), Decimal("400.00")) is over


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (day(3, 2), 12, day(3, 2, 2027)),
        (day(12, 31), 2, day(2, 28, 2027)),
        (day(11, 30), 1, day(12, 30)),
        (day(2, 29, 2028), 12, day(2, 28, 2029)),
    ],
)
def test_so_many_months_later_is_the_same_day_or_the_months_last(start, months, end):
    assert months_after(start, months) == end
