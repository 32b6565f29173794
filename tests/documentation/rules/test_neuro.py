"""A wrong field costs itself a message and never the rest of the entry."""

import pytest

from documentation.rules import neuro
from documentation.rules.neuro import BodyPart
from tests.documentation.rules.entries import WHOLE, without


def test_a_whole_entry_reads_without_a_message_and_writes_back_the_same():
    entry, problems = neuro.read(WHOLE)

    assert problems == {}
    assert neuro.read(entry.as_details()) == (entry, {})


@pytest.mark.parametrize("details", [None, {}, [], "text", 7])
def test_what_is_no_entry_reads_as_an_empty_one(details):
    assert neuro.read(details) == (neuro.NeuroEntry(), {})


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("sets", "three", "Write a whole number."),
        ("sets", "2.5", "Write a whole number."),
        ("sets", -1, "This goes from 1 to 20."),
        ("hold_s", 601, "This goes from 0 to 600 s."),
        ("head_speed_hz", "0.05", "This goes from 0.1 to 4 Hz."),
        ("head_speed_hz", float("nan"), "Write a number."),
        ("surface", "lava", "Choose one of the list."),
        ("cue_types", ["verbal", "telepathy"], "Choose from the list."),
        ("task", "x" * 121, "Shorten this to 120 characters; it has 121."),
        ("hops", 3, "This is not a parameter we know."),
    ],
)
def test_a_wrong_dose_gets_its_message_and_the_rest_of_the_dose_stays(name, typed, message):
    details = {"activities": [{"technique": "static_balance", "dose": {"reps": 10, name: typed}}]}

    entry, problems = neuro.read(details)

    assert problems == {f"activities.0.dose.{name}": message}
    assert entry.activities[0].dose["reps"] == 10


def test_numbers_are_read_as_people_type_them():
    details = {"activities": [{"technique": "x", "dose": {"sets": " 3 ", "head_speed_hz": "1,5"}}]}

    entry, _ = neuro.read(details)

    assert entry.activities[0].dose == {"sets": 3, "head_speed_hz": 1.5}


def test_the_midline_has_no_side_even_when_one_is_typed():
    entry, problems = neuro.read({"body_parts": [{"region": "trunk", "side": "left"}]})

    assert (entry.body_parts, problems) == ((BodyPart("trunk"),), {})


def test_a_body_part_stands_once_with_the_side_chosen_last():
    details = {
        "body_parts": [{"region": "knee", "side": "left"}, {"region": "knee", "side": "right"}]
    }

    entry, _ = neuro.read(details)

    assert entry.body_parts == (BodyPart("knee", "right"),)


def test_a_ninth_technique_is_refused_and_eight_stay():
    details = {"activities": [{"technique": "static_balance"}] * 9}

    entry, problems = neuro.read(details)

    assert len(entry.activities) == 8
    assert problems == {"activities": "At most 8 techniques fit one entry."}


def test_a_course_of_eight_days_a_week_is_refused():
    _, problems = neuro.read(without(course={"frequency_per_week": 8, "duration_weeks": 0}))

    assert problems == {
        "course.frequency_per_week": "This goes from 1 to 7 a week.",
        "course.duration_weeks": "This goes from 1 to 52 weeks.",
    }
