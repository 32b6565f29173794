"""When a consent form is to be signed, from values alone."""

import datetime as dt

import pytest

from people.consent_due import EACH_CASE, NEVER, ONCE, YEARLY, Standing, a_year_after, is_due

MONDAY = dt.date(2026, 3, 2)


def due(required, *, signed_on=None, version=1, again=0, declined_on=None, case=None, on=MONDAY):
    standing = Standing(
        required=required,
        counts_days=30,
        signed_on=signed_on,
        signed_version=version if signed_on else 0,
        asks_again_from=again,
        declined_on=declined_on,
    )
    return is_due(standing, on=on, case_began_on=case)


@pytest.mark.parametrize(
    ("required", "expected"), [(ONCE, True), (YEARLY, True), (EACH_CASE, True), (NEVER, False)]
)
def test_who_never_signed_is_asked_unless_the_form_is_only_for_who_asks(required, expected):
    assert due(required) is expected


def test_once_is_once_however_long_ago():
    assert due(ONCE, signed_on=dt.date(1999, 1, 1)) is False


@pytest.mark.parametrize(
    ("signed_on", "expected"),
    [(dt.date(2025, 3, 3), False), (dt.date(2025, 3, 2), True), (dt.date(2024, 2, 29), True)],
)
def test_a_yearly_form_is_due_on_the_day_a_year_later(signed_on, expected):
    assert due(YEARLY, signed_on=signed_on) is expected


def test_a_year_after_the_leap_day_is_the_first_of_march():
    assert a_year_after(dt.date(2024, 2, 29)) == dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    ("signed_on", "expected"),
    [(dt.date(2026, 1, 30), True), (dt.date(2026, 1, 31), False), (MONDAY, False)],
)
def test_a_case_takes_a_signature_of_the_thirty_days_before_its_evaluation(signed_on, expected):
    assert due(EACH_CASE, signed_on=signed_on, case=MONDAY) is expected


def test_a_case_that_nobody_evaluated_asks_for_no_second_signature():
    assert due(EACH_CASE, signed_on=dt.date(2020, 1, 1), case=None) is False


@pytest.mark.parametrize(("version", "expected"), [(1, True), (2, False), (3, False)])
def test_a_wording_that_asks_again_asks_whoever_signed_an_older_one(version, expected):
    assert due(ONCE, signed_on=dt.date(2026, 1, 1), version=version, again=2) is expected


@pytest.mark.parametrize(
    ("declined_on", "expected"), [(MONDAY, False), (MONDAY - dt.timedelta(days=1), True)]
)
def test_a_refusal_settles_the_day_and_the_next_visit_asks_again(declined_on, expected):
    assert due(ONCE, declined_on=declined_on) is expected
