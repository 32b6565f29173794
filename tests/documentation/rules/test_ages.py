"""Each day has one age group."""

import pytest

from documentation.rules.ages import AGES, age_of


@pytest.mark.parametrize(
    ("days", "label"),
    [
        (-1, "Today"),
        (0, "Today"),
        (1, "1–2 days"),
        (2, "1–2 days"),
        (3, "3–7 days"),
        (7, "3–7 days"),
        (8, "8–30 days"),
        (30, "8–30 days"),
        (31, "Over 30 days"),
        (4000, "Over 30 days"),
    ],
)
def test_the_group_of_a_day(days, label):
    assert age_of(days).label == label


def test_no_day_lies_between_two_groups():
    assert [age.first for age in AGES[1:]] == [age.last + 1 for age in AGES[:-1]]
