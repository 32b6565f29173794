"""The sentences that an entry becomes, word for word."""

import pytest

from documentation.rules import neuro
from documentation.rules.narrative import compose, listed
from tests.documentation.rules.entries import WHOLE


def said(details, **more):
    return compose(neuro.read(details)[0], **more)


def test_a_whole_entry_reads_like_a_note():
    text = said(WHOLE, minutes=15, goal="Walk 300 m outdoors without a device")

    assert text == (
        "Reactive balance training for trunk and left ankle and foot: "
        "Waist-level pushes while reaching for cones, 12 trials, on foam, contact guard assist, "
        "intermittent verbal and tactile cues for weight shift, "
        "unannounced moderate force manual pushes. "
        "Static balance training: 3 × 30 s, in tandem stance, eyes closed. "
        "Deficit treated: Single-leg stance 6 s left, 24 s right. "
        "For reactive balance and fall prevention, "
        "toward the goal “Walk 300 m outdoors without a device”. "
        "Skilled care was needed: compensations were analyzed and corrected in real time; "
        "the risk of a fall needed hands-on guarding. "
        "Response: performance improved; good tolerance; carry-over within the session; "
        "no adverse response; 8 of 12 recovered with one step. "
        "Course: 2×/week for 8 weeks; dosed at 70–80 % success; "
        "progress surface from firm to compliant or moving. "
        "15 min one-on-one."
    )


def test_an_empty_entry_says_nothing_even_with_minutes():
    assert said({}, minutes=15) == ""


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        ({"sets": 3, "reps": 10, "hold_s": 5}, "3 × 10, 5 s hold"),
        ({"sets": 1}, "1 set"),
        ({"reps": 8}, "8 reps"),
        ({"cue_amount": "none", "cue_types": ["verbal"]}, "without cues"),
        ({"cue_types": ["manual_guidance"]}, "manual guidance cues"),
        ({"dual_task": True, "secondary_task": "naming"}, "with a second task, while naming"),
        ({"pain_before": 4, "pain_after": 2}, "pain 4/10 before, pain 2/10 after"),
        ({"pnf_pattern": "le_d1_flex", "resistance_grade": "light"},
         "LE D1 flexion pattern, light resistance"),
        ({"head_speed_hz": 1.5}, "head at 1.5 Hz"),
    ],
)  # fmt: skip
def test_doses_are_said_as_clinicians_say_them(dose, words):
    text = said({"activities": [{"technique": "static_balance", "dose": dose}]})

    assert text == f"Static balance training: {words}."


def test_an_abbreviation_keeps_its_capitals_at_the_start_and_in_the_middle():
    text = said({"activities": [{"technique": "pnf_mat"}, {"technique": "vor_cancel"}]})

    assert text == "PNF mat sequence. VOR cancellation."


def test_a_session_stopped_early_says_for_what():
    text = said({"response": {"tolerance": "stopped_early", "stopped_for": "symptoms"}})

    assert text == "Response: session stopped early for symptoms."


def test_who_furnished_the_minutes_is_said():
    text = said({"purposes": ["timing"]}, minutes=20, furnished_by="5 of them by Jo Park, PTA")

    assert text == "For timing. 20 min one-on-one, 5 of them by Jo Park, PTA."


def test_lists_read_as_english():
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
