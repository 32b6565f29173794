"""When a progress report, a renewal and a license press, and what is said of them."""

import datetime as dt

import pytest

from documentation.rules.clocks import Ahead, Urgency, license_of, progress_report, renewal

TODAY = dt.date(2026, 3, 2)
AHEAD = Ahead(report_visits=2, renewal_days=14, license_days=60)


@pytest.mark.parametrize(
    ("days", "urgency", "words"),
    [
        (0, Urgency.LATER, "Progress report in 10 treatment days."),
        (7, Urgency.LATER, "Progress report in 3 treatment days."),
        (8, Urgency.SOON, "Progress report in 2 treatment days."),
        (9, Urgency.SOON, "Progress report in 1 treatment day."),
        (10, Urgency.NOW, "Write the progress report now: 10 treatment days since the last."),
        (11, Urgency.OVERDUE, "The progress report is overdue: 11 treatment days since the last."),
    ],
)
def test_a_progress_report_is_due_with_the_tenth_treatment_day(days, urgency, words):
    clock = progress_report(days, ahead=AHEAD)

    assert (clock.urgency, clock.words) == (urgency, words)


@pytest.mark.parametrize(
    ("left", "urgency"),
    [
        (15, Urgency.LATER),
        (14, Urgency.SOON),
        (8, Urgency.SOON),
        (7, Urgency.NOW),
        (0, Urgency.NOW),
        (-1, Urgency.OVERDUE),
    ],
)
def test_a_plan_that_ends_presses_two_weeks_before(left, urgency):
    through = TODAY + dt.timedelta(days=left)

    clock = renewal(through, today=TODAY, ahead=AHEAD)

    assert (clock.urgency, clock.due_on) == (urgency, through)


def test_a_plan_that_ended_says_so():
    clock = renewal(dt.date(2026, 3, 1), today=TODAY, ahead=AHEAD)

    assert clock.words == "The plan of care ended on March 1, 2026: renew it."


@pytest.mark.parametrize(
    ("left", "urgency"),
    [(61, Urgency.LATER), (60, Urgency.SOON), (0, Urgency.SOON), (-1, Urgency.OVERDUE)],
)
def test_a_license_presses_two_months_before_it_ends(left, urgency):
    assert license_of(TODAY + dt.timedelta(days=left), today=TODAY, ahead=AHEAD).urgency is urgency


def test_a_practice_hears_as_far_ahead_as_it_wants():
    ahead = Ahead(report_visits=0, renewal_days=30, license_days=10)

    assert (
        progress_report(9, ahead=ahead).urgency,
        renewal(TODAY + dt.timedelta(days=30), today=TODAY, ahead=ahead).urgency,
        renewal(TODAY + dt.timedelta(days=15), today=TODAY, ahead=ahead).urgency,
        license_of(TODAY + dt.timedelta(days=11), today=TODAY, ahead=ahead).urgency,
    ) == (Urgency.LATER, Urgency.SOON, Urgency.NOW, Urgency.LATER)
