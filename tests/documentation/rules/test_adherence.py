"""Adherence, pain and alarms, from values alone."""

import datetime as dt

import pytest

from documentation.rules.adherence import Cell, Line, Said, adherence, alarm

TODAY = dt.date(2026, 3, 20)


def day(number: int) -> dt.date:
    return dt.date(2026, 3, number)


def test_a_day_counts_once_anything_was_done_on_it():
    lines = [Line("a", "A", 7, day(7)), Line("b", "B", 7, day(7))]
    said = [Said("a", day(8), True), Said("b", day(8), True), Said("b", day(9), False)]

    how = adherence(lines, said, today=TODAY)

    assert (how.days_done, len(how.days)) == (1, 14)
    assert how.last_answer_on == day(9)


def test_an_exercise_is_expected_on_as_many_days_as_its_dose_says():
    lines = [Line("a", "A", 3, day(7)), Line("b", "B", 7, day(14))]
    said = [Said("a", day(n), True) for n in (8, 10, 12)] + [
        Said("b", day(n), True) for n in range(14, 21)
    ]

    how = adherence(lines, said, today=TODAY)

    assert [(row.done, row.expected, row.percent) for row in how.rows] == [(3, 6, 50), (7, 7, 100)]
    assert how.percent == 77  # 10 of 13


def test_more_than_was_asked_of_one_does_not_make_up_for_another():
    lines = [Line("a", "A", 1, day(7)), Line("b", "B", 7, day(7))]
    said = [Said("a", day(n), True) for n in range(7, 21)]

    assert adherence(lines, said, today=TODAY).percent == 12  # 2 of 16


def test_nothing_is_shown_before_the_program_began():
    how = adherence([Line("a", "A", 7, day(18))], [], today=TODAY)

    assert [one.day for one in how.days] == [day(18), day(19), day(20)]
    assert how.rows[0].expected == 3
    assert how.last_answer_on is None


def test_each_day_of_an_exercise_says_what_became_of_it():
    lines = [Line("a", "A", 7, day(17)), Line("b", "B", 7, day(19))]
    said = [Said("b", day(19), True, pain=4), Said("b", day(20), False)]

    row = adherence(lines, said, today=TODAY).rows[1]

    assert row.cells == (
        Cell(day(17), "before"),
        Cell(day(18), "before"),
        Cell(day(19), "done", 4),
        Cell(day(20), "not_done"),
    )


def test_pain_is_the_worst_of_the_day_and_hardness_the_mean():
    said = [
        Said("a", day(20), True, pain=2, difficulty="easy"),
        Said("b", day(20), True, pain=5, difficulty="hard"),
    ]
    lines = [Line("a", "A", 7, day(20)), Line("b", "B", 7, day(20))]

    (only,) = adherence(lines, said, today=TODAY).days

    assert (only.pain, only.hardness, only.done) == (5, 2.0, 2)


@pytest.mark.parametrize(
    ("pains", "line"),
    [
        ([], "0 of 2 days"),
        ([(19, 3)], "1 of 2 days, pain 3"),
        ([(19, 3), (20, 2)], "2 of 2 days, pain 3 → 2"),
    ],
)
def test_it_is_said_in_one_line(pains, line):
    said = [Said("a", day(n), True, pain=pain) for n, pain in pains]

    assert adherence([Line("a", "A", 7, day(19))], said, today=TODAY).in_one_line == line


@pytest.mark.parametrize(
    ("pain", "before", "expected"),
    [
        (None, 2, ""),
        (6, None, ""),
        (7, None, "high"),
        (7, 7, "high"),
        (4, 1, "rise"),
        (4, 2, ""),
        (1, 4, ""),
    ],
)
def test_the_clinic_is_told_of_strong_pain_and_of_a_sharp_rise(pain, before, expected):
    assert alarm(pain=pain, before=before) == expected
