"""A report's draft says what the chart holds, and leaves judgment to the therapist."""

import datetime as dt
from dataclasses import replace

from documentation.rules.report import GoalLine, Period, Service, ThenAndNow, compose

FEB_2, FEB_9, FEB_27 = (dt.date(2026, 2, day) for day in (2, 9, 27))
PERIOD = Period(
    days=[FEB_9, FEB_27],
    since=FEB_2,
    missed=1,
    cancelled=2,
    per_week=2,
    services=[
        Service("97112", "Neuromuscular re-education", 2, 48),
        Service("97010", "Heat or ice packs", 1, 0),
    ],
    measures=[
        ThenAndNow("Active range of motion, knee flexion left", "110°", FEB_27, "95°", FEB_2)
    ],
    pain=[ThenAndNow("Worst", "4", FEB_27, "7", FEB_9)],
    goals=[
        GoalLine("Walk 300 m: met.", is_met=True),
        GoalLine("Stand on one leg: stalled.", is_stalled=True),
    ],
)


def test_a_progress_report_says_attendance_treatment_measures_goals_and_pain():
    assert compose("progress", PERIOD) == {
        "note.subjective": "Pain, 0 to 10. Worst: 7 on Feb 9, 4 on Feb 27.",
        "note.objective": (
            "2 treatment days since the last report on Feb 2, from Feb 9 to Feb 27, 2026; "
            "the plan of care is 2 × a week; 1 missed visit and 2 canceled visits.\n"
            "Done: Neuromuscular re-education (97112) at 2 visits, 48 min in all; "
            "Heat or ice packs (97010) at 1 visit.\n"
            "Active range of motion, knee flexion left: 95° on Feb 2, 110° on Feb 27"
        ),
        "note.assessment": (
            "Toward the goals, 1 of 2 met:\nWalk 300 m: met.\n"
            "Stand on one leg: stalled. [No progress.]\n"
            "[Say why, and what is changed: the goal, the treatment, or its end.]"
        ),
        "note.plan": ("Continue 2 × a week. [Say what changes for the goals without progress.]"),
    }


def test_nothing_is_said_of_what_the_chart_does_not_hold():
    assert compose("progress", Period(days=[FEB_9])) == {
        "note.objective": "1 treatment day, on Feb 9, 2026."
    }


def test_a_discharge_does_not_go_on():
    assert compose("discharge", PERIOD)["note.plan"] == (
        "Discharge from this plan of care. [Say what follows: home program, follow-up.]"
    )


def test_goals_that_all_move_ask_for_nothing():
    moving = replace(PERIOD, goals=[GoalLine("Walk 300 m: under way.")])

    texts = compose("progress", moving)

    assert (texts["note.assessment"], texts["note.plan"]) == (
        "Toward the goals, 0 of 1 met:\nWalk 300 m: under way.",
        "Continue 2 × a week.",
    )
