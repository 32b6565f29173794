"""A copied note is pointed out, an honest one is left alone."""

import pytest

from documentation.rules.findings import REVIEWERS, Finding, Level
from documentation.rules.similarity import (
    Compared,
    Written,
    compare,
    is_near_copy,
    likeness,
    near_copies,
)

LAST = (
    "Patient held tandem stance on foam for 20 seconds with contact guard and two losses of "
    "balance to the left, recovered with a single step each time."
)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        (LAST, True),
        (LAST.replace("20 seconds", "22 seconds") + " No dizziness.", False),
        (LAST.upper(), True),
        ("Recovered with a single step each time. " + LAST, False),
        ("Reports a fall at home on Sunday, no injury, afraid of the stairs since then.", False),
        ("", False),
        ("No change.", False),
    ],
)
def test_near_copies_are_told_from_honest_notes(text, near):
    assert is_near_copy(text, LAST) is near


def test_a_short_phrase_is_never_a_copy():
    assert is_near_copy("No change.", "No change.") is False


def test_likeness_is_the_shared_runs_of_three_words():
    # Runs of "a b c d": abc, bcd. Of "a b c e": abc, bce. One of two is shared.
    assert likeness("a b c d", "a b c e") == 0.5


def test_moving_a_sentence_does_not_hide_a_copy():
    first = "She kept her trunk upright while reaching to the left side of the mat table today."
    second = "The second set needed tactile cues at the pelvis to keep weight on both feet."

    assert is_near_copy(f"{second} {first}", f"{first} {second}")


def test_findings_name_the_field_the_entry_and_the_day():
    this = Written(
        note={"assessment": LAST, "plan": ""},
        narratives={"97112": LAST, "97110": "Leg press 3 x 10 at 40 kg with cues for pace today."},
        minutes={"97112": 15, "97110": 10},
        keys={"97112": "k1", "97110": "k2"},
    )
    last = Written(
        note={"assessment": LAST, "plan": "Go on."},
        narratives={"97112": LAST},
        minutes={"97112": 15, "97110": 10},
        day="February 27",
    )

    assert near_copies(this, last) == [
        Finding(
            "note.assessment",
            Level.ADVICE,
            "Almost the same words as on February 27. Say what was different this time.",
            REVIEWERS,
        ),
        Finding(
            "narrative",
            Level.ADVICE,
            "97112 reads almost as on February 27. Say what was different this time.",
            REVIEWERS,
            "k1",
        ),
        Finding(
            "total_treatment_minutes",
            Level.ADVICE,
            "Each service has the same minutes as on February 27. Are they this visit's?",
            REVIEWERS,
        ),
    ]


def test_other_minutes_are_not_pointed_out():
    this = Written(minutes={"97112": 16, "97110": 10})
    last = Written(minutes={"97112": 15, "97110": 10}, day="February 27")

    assert near_copies(this, last) == []


def test_beside_the_last_note_each_sentence_is_new_the_same_or_gone():
    this = Written(note={"assessment": "Steadier on foam. Needs hands-on guarding."})
    last = Written(note={"assessment": "Needs hands-on guarding. Falls to the left."})

    assert compare(this, last) == [
        Compared(
            "Assessment",
            22,
            new=("Steadier on foam.",),
            same=("Needs hands-on guarding.",),
            gone=("Falls to the left.",),
        )
    ]


def test_only_what_both_notes_say_is_compared():
    this = Written(note={"plan": "Go on.", "subjective": ""}, narratives={"97110": "Leg press."})
    last = Written(note={"plan": "", "subjective": "Well."}, narratives={"97112": "Foam."})

    assert compare(this, last) == []


def test_a_copy_is_called_one():
    text = "Tandem stance on foam with eyes closed and hands crossed."

    (compared,) = compare(Written(narratives={"97112": text}), Written(narratives={"97112": text}))

    assert (compared.percent, compared.is_near_copy, compared.new) == (100, True, ())
