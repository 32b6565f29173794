"""The exercise library: whole, readable for patients, and tied together by its steps."""

import re
from pathlib import Path

import pytest

from documentation.exercises import library
from documentation.exercises.library import Dose, dose_in_words
from documentation.rules import vocabulary

ROOT = Path(__file__).resolve().parents[3]
EXERCISES = list(library.exercises().values())
EACH = pytest.mark.parametrize("exercise", EXERCISES, ids=[e.key for e in EXERCISES])


def syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower().removesuffix("e"))
    return max(1, len(groups))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade: the school year in which one can read it."""
    words = re.findall(r"[A-Za-z]+", text)
    sentences = max(1, len(re.findall(r"[.!?:]+", text)))
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59


def test_the_library_covers_what_a_clinic_sends_home():
    assert len(EXERCISES) >= 60
    assert {e.group for e in EXERCISES} == set(library.GROUPS)
    assert {p for e in EXERCISES for p in e.purposes} == set(library.PURPOSES)
    assert {e.position for e in EXERCISES} == set(library.POSITIONS)


def test_the_steps_go_along_all_fifteen_axes():
    used = {step.axis for e in EXERCISES for step in e.progressions}

    assert used == set(library.axes())
    assert len(used) == 15


@EACH
def test_an_exercise_is_whole(exercise):
    assert set(exercise.regions) <= set(vocabulary.load().regions)
    assert len(exercise.steps) >= 2
    assert len(exercise.progressions) >= 2
    assert bool(exercise.dose.reps) != bool(exercise.dose.seconds)
    assert {step.to for step in exercise.progressions if step.to} <= set(library.exercises())
    assert len(exercise.alt) > 30


@EACH
def test_a_patient_can_read_it_after_six_years_of_school(exercise):
    text = " ".join([exercise.start, *exercise.steps, *exercise.cautions])

    assert grade(text) <= 6.0


def test_the_measure_of_reading_does_find_hard_text():
    assert grade("Perform contralateral proprioceptive stabilization progressively.") > 12


def test_no_two_exercises_share_a_name():
    assert len({e.name for e in EXERCISES}) == len(EXERCISES)


@EACH
def test_the_picture_is_the_one_its_poses_draw(exercise):
    file = ROOT / "static" / exercise.picture

    assert file.read_text(encoding="utf-8") == exercise.drawn(), "run manage.py draw_exercises"


def test_no_picture_is_left_over():
    drawn = {file.stem for file in (ROOT / "static/img/exercises").glob("*.svg")}

    assert drawn == set(library.exercises())


@pytest.mark.parametrize(
    ("dose", "each_side", "words"),
    [
        (
            Dose(3, 2, 7, reps=10, hold_seconds=5),
            False,
            "3 sets of 10, hold 5 seconds, twice a day, every day",
        ),
        (Dose(1, 1, 1, reps=1), True, "1 time, on each side, once a day, 1 day a week"),
        (Dose(3, 3, 5, seconds=30), False, "3 times 30 seconds, 3 times a day, 5 days a week"),
        (Dose(1, 2, 7, seconds=300), False, "5 minutes, twice a day, every day"),
        (Dose(4, 1, 5, seconds=60), False, "4 times 1 minute, once a day, 5 days a week"),
    ],
)
def test_a_dose_is_said_in_words(dose, each_side, words):
    assert dose_in_words(dose, each_side=each_side) == words


def test_the_library_is_searched_by_words_and_what_they_narrow():
    assert [e.key for e in library.find("bridge")] == ["bridge"]
    assert {e.key for e in library.find("heel", position="lying")} == {
        "heel-to-shin",
        "dead-bug",
        "heel-slide",
    }
    assert all(
        "knee" in e.regions and "strength" in e.purposes
        for e in library.find(region="knee", purpose="strength")
    )
    assert library.find("no such exercise") == []
