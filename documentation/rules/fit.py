"""Does what was done under 97112 look more like another code?

Only ever asked as a question: the code is the clinician's decision.
"""

from __future__ import annotations

import re

from documentation.rules.findings import NEURO, Finding, Level
from documentation.rules.neuro import Activity, NeuroEntry

STRENGTH_PURPOSES = {"strength_in_pattern", "muscle_activation"}
STRENGTH_WORDS = re.compile(
    r"\b(strength\w*|endurance|stretch\w*|range of motion|rom|theraband|leg press|dumb-?bells?)\b",
    re.IGNORECASE,
)
WALKING_TECHNIQUES = {"pnf_gait_pelvis", "vestibular_gait", "rhythmic_auditory"}
WALKING_PURPOSES = {"gait_pattern", "function_carryover", "motor_recovery", "amplitude"}
WALKING_WORDS = re.compile(r"\b(gait|walk\w*|ambulat\w*|treadmill|stairs?)\b", re.IGNORECASE)
TASK_TECHNIQUES = {"task_specific", "sit_to_stand_reed", "reach_grasp"}
TASK_PURPOSES = {"function_carryover", "motor_recovery", "preparation_for_task"}


def _is_walking(activity: Activity) -> bool:
    return (
        activity.technique in WALKING_TECHNIQUES
        or activity.dose.get("position") == "walking"
        or "distance_m" in activity.dose
        or bool(WALKING_WORDS.search(activity.words))
    )


def _is_strength(activity: Activity) -> bool:
    said = f"{activity.words} {activity.dose.get('task', '')} {activity.dose.get('movement', '')}"
    return bool(STRENGTH_WORDS.search(said))


def _only(chosen: tuple[str, ...], among: set[str]) -> bool:
    """Whether nothing but these was chosen (nothing at all counts, the words then decide)."""
    return set(chosen) <= among


def questions(entry: NeuroEntry, key: str = "") -> list[Finding]:
    """At most one question: strength, then walking, then task."""
    if not entry.activities:
        return []

    def ask(message: str) -> list[Finding]:
        return [Finding("code", Level.QUESTION, message, NEURO, key)]

    strength_aim = bool(entry.purposes) and _only(entry.purposes, STRENGTH_PURPOSES)
    if strength_aim or (
        _only(entry.purposes, STRENGTH_PURPOSES) and all(map(_is_strength, entry.activities))
    ):
        return ask("Strength, endurance or range alone: does 97110 fit better?")
    if _only(entry.purposes, WALKING_PURPOSES) and all(map(_is_walking, entry.activities)):
        return ask("Walking practice alone: does 97116 fit better?")
    if _only(entry.purposes, TASK_PURPOSES) and all(
        activity.technique in TASK_TECHNIQUES for activity in entry.activities
    ):
        return ask("Practice of a functional task: does 97530 fit better?")
    return []
