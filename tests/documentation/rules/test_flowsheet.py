"""A flowsheet has a line for each exercise and its dose at each visit."""

import datetime as dt

import pytest

from documentation.rules.flowsheet import Day, Group, Line, Treated, exercises_of, lay_out


@pytest.mark.parametrize(
    ("narrative", "exercises"),
    [
        ("Leg press 3 x 10", [("Leg press", "3 x 10")]),
        (
            "Leg press 3 x 10 at 60 kg, heel raises 3 x 15.",
            [("Leg press", "3 x 10 at 60 kg"), ("Heel raises", "3 x 15")],
        ),
        ("Bridges; side planks 2 × 30 s", [("Bridges", "done"), ("Side planks", "2 × 30 s")]),
        ("Sit-to-stand from 45 cm, 3 × 8.", [("Sit-to-stand from", "45 cm, 3 × 8")]),
        ("", []),
    ],
)
def test_a_therapists_words_are_split_into_exercises(narrative, exercises):
    assert exercises_of(Treated("97110", "Exercise", 15, {}, narrative)) == exercises


def test_a_97112_activity_is_a_line_with_its_dose_in_words():
    details = {
        "activities": [
            {"technique": "reactive_balance", "words": "Cones", "dose": {"sets": 3, "reps": 8}}
        ]
    }

    ((name, dose),) = exercises_of(Treated("97112", "Neuro", 24, details))

    assert (name.endswith(": Cones"), dose) == (True, "3 × 8")


def test_exercises_stand_in_lines_and_visits_in_columns():
    press, rows = "Leg press 3 x 10", "leg press 3 x 12; rows 2 x 8"
    days = [
        Day(1, dt.date(2026, 2, 2), [Treated("97110", "Exercise", 20, {}, press)]),
        Day(2, dt.date(2026, 2, 5), [Treated("97010", "Heat", None)]),
        Day(3, dt.date(2026, 2, 9), [Treated("97110", "Exercise", 15, {}, rows)]),
    ]

    assert lay_out(days) == [
        Group(
            "97110",
            "Exercise",
            ("20 min", "", "15 min"),
            (Line("Leg press", ("3 x 10", "", "3 x 12")), Line("Rows", ("", "", "2 x 8"))),
        ),
        Group("97010", "Heat", ("", "done", ""), ()),
    ]
