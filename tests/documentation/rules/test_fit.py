"""When another code may fit better is asked, and only then."""

import pytest

from documentation.rules import fit, neuro
from tests.documentation.rules.entries import WHOLE

STRENGTH = "Strength, endurance or range alone: does 97110 fit better?"
WALKING = "Walking practice alone: does 97116 fit better?"
TASK = "Practice of a functional task: does 97530 fit better?"


def asked(details):
    return [finding.message for finding in fit.questions(neuro.read(details)[0], "k")]


def entry(technique, words="", purposes=(), **dose):
    return {
        "activities": [{"technique": technique, "words": words, "dose": dose}],
        "purposes": list(purposes),
    }


@pytest.mark.parametrize(
    ("details", "questions"),
    [
        (WHOLE, []),
        ({}, []),
        ({"purposes": ["muscle_activation"]}, []),  # nothing was done yet
        (entry("pnf_pattern", purposes=["strength_in_pattern"]), [STRENGTH]),
        (entry("pnf_pattern", purposes=["strength_in_pattern", "coordination"]), []),
        (entry("lumbar_motor_control", "Leg press, hamstring stretching"), [STRENGTH]),
        (entry("lumbar_motor_control", "Leg press", purposes=["motor_control"]), []),
        (entry("vestibular_gait", purposes=["gait_pattern"]), [WALKING]),
        (entry("vestibular_gait", purposes=["gaze_stability"]), []),
        (entry("dynamic_balance", position="walking"), [WALKING]),
        (entry("dynamic_balance", "Treadmill, 1.5 mph"), [WALKING]),
        (entry("dynamic_balance", "Sidewalk curbs", purposes=["balance_anticipatory"]), []),
        (entry("sit_to_stand_reed", purposes=["function_carryover"]), [TASK]),
        (entry("sit_to_stand_reed", purposes=["weight_shift"]), []),
        (entry("task_specific"), [TASK]),
    ],
)
def test_questions(details, questions):
    assert asked(details) == questions


def test_walking_among_other_work_is_not_questioned():
    details = {
        "activities": [{"technique": "vestibular_gait"}, {"technique": "static_balance"}],
        "purposes": ["gait_pattern"],
    }

    assert asked(details) == []


def test_a_question_never_blocks_signing():
    (finding,) = fit.questions(neuro.read(entry("task_specific"))[0], "k")

    assert not finding.is_required
