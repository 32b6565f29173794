"""Scores by hand: sums, means, percent, what is missing, and what is out of range."""

from decimal import Decimal

import pytest

from documentation.rules.measures import measures
from documentation.rules.scoring import NotScored, conditions_of, score

MEASURES = measures()


def value_of(measure, **answers):
    special = answers.pop("special", "")
    return score(MEASURES[measure], answers, special=special).value


def errors_of(measure, **answers):
    special = answers.pop("special", "")
    with pytest.raises(NotScored) as refused:
        score(MEASURES[measure], answers, special=special)
    return refused.value.errors


# --- Items --------------------------------------------------------------------------------------


def test_a_sum_of_items():
    assert value_of("berg", items=[4, 3, 4, 4, 3, 3, 4, 2, 3, 3, 4, 2, 1, 2]) == 42


@pytest.mark.parametrize(
    ("measure", "count", "top", "highest"),
    [("berg", 14, 4, 56), ("fga", 10, 3, 30), ("dhi", 25, 4, 100), ("lefs", 20, 4, 80),
     ("fma_ue", 33, 2, 66), ("fma_le", 17, 2, 34)],
)  # fmt: skip
def test_the_highest_items_reach_the_published_maximum(measure, count, top, highest):
    assert value_of(measure, items=[top] * count) == highest
    assert value_of(measure, items=[0] * count) == 0


def test_a_sum_needs_every_item_and_guesses_none():
    assert errors_of("berg", items=[4] * 13 + [None]) == {
        "items": "All 14 items are needed; 13 have a score."
    }


def test_an_item_outside_its_values_is_named():
    assert errors_of("dhi", items=[4] * 23 + [3, "x"]) == {
        "item24": "0, 2 or 4.",
        "item25": "0, 2 or 4.",
    }


@pytest.mark.parametrize("items", [[4] * 13, [4] * 15, "4" * 14, None, []])
def test_another_number_of_items_is_refused(items):
    assert errors_of("berg", items=items) == {"items": "There are 14 items."}


def test_of_two_sides_the_lower_counts_in_the_mini_best_and_subscores_are_told():
    items = [2, 2, [2, 1], 2, 2, [0, 2], 2, 2, 2, 2, 2, 2, 2, 2]

    scored = score(MEASURES["minibest"], {"items": items})

    assert scored.value == 25  # 28 less 1 and 2
    assert scored.subscores == (
        ("Anticipatory", Decimal(5)),
        ("Reactive", Decimal(4)),
        ("Sensory orientation", Decimal(6)),
        ("Dynamic gait", Decimal(10)),
    )
    assert scored.answers["items"][2] == ["2", "1"]


def test_one_side_alone_is_no_answer_to_an_item_of_two_sides():
    items = [2, 2, [2, None]] + [2] * 11

    assert errors_of("minibest", items=items) == {
        "items": "All 14 items are needed; 13 have a score."
    }


def test_a_mini_best_out_of_32_is_another_score():
    assert errors_of("minibest", total="30") == {"total": "This measure goes from 0 to 28 pt."}


def test_balance_confidence_is_the_mean_of_what_was_answered():
    assert value_of("abc", items=[80] * 12 + [None] * 4) == 80
    assert value_of("abc", items=[100] * 8 + [50] * 8) == 75
    assert errors_of("abc", items=[80] * 11 + [None] * 5) == {
        "items": "At least 12 of the 16 items are needed; 11 have a score."
    }
    assert errors_of("abc", items=[101] + [80] * 15) == {"item1": "0 to 100."}


def test_oswestry_is_percent_of_what_was_answered():
    assert value_of("odi", items=[2] * 10) == 40
    assert value_of("odi", items=[3] * 9 + [None]) == 60
    assert errors_of("odi", items=[3] * 7 + [None] * 3)["items"].startswith("At least 8")


def test_neck_disability_is_points_out_of_50_and_one_answer_may_lack():
    assert value_of("ndi", items=[2] * 10) == 20
    assert value_of("ndi", items=[2] * 9 + [None]) == 20
    assert errors_of("ndi", items=[2] * 8 + [None] * 2)["items"].startswith("At least 9")


def test_quickdash_by_its_formula():
    assert value_of("quickdash", items=[1] * 11) == 0
    assert value_of("quickdash", items=[5] * 11) == 100
    assert value_of("quickdash", items=[3] * 10 + [None]) == 50
    assert errors_of("quickdash", items=[3] * 9 + [None] * 2)["items"].startswith("At least 10")
    assert errors_of("quickdash", items=[0] + [3] * 10) == {"item1": "1, 2, 3, 4 or 5."}


# --- Totals and parts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "total", "sentence"),
    [
        ("berg", "57", "This measure goes from 0 to 56 pt."),
        ("berg", "-1", "This measure goes from 0 to 56 pt."),
        ("berg", "44.5", "Write a whole number."),
        ("berg", "NaN", "Write a number."),
        ("berg", "Infinity", "Write a number."),
        ("berg", True, "Write a number."),
        ("promis", "", "Write a number."),
        ("pain", "11", "This measure goes from 0 to 10 pt."),
    ],
)
def test_a_total_out_of_range_or_no_number_is_refused(measure, total, sentence):
    assert errors_of(measure, total=total) == {"total": sentence}


def test_a_total_is_taken_as_it_is_and_rests_on_no_items():
    scored = score(MEASURES["berg"], {"total": " 44 "})

    assert (scored.value, scored.answered, scored.answers) == (44, 0, {"total": "44"})


def test_a_procedure_takes_no_total():
    assert errors_of("tug", total="12") == {"trials": "Write a number for each trial."}


def test_fugl_meyer_total_is_the_sum_of_its_six_parts():
    parts = {"arm": 40, "leg": 20, "sensation": 20, "balance": 10, "motion": 40, "pain": 44}

    assert value_of("fma_total", parts=parts) == 174
    assert errors_of("fma_total", parts=parts | {"leg": 35, "pain": ""}) == {
        "part_leg": "0 to 34.",
        "part_pain": "0 to 44.",
    }


# --- Trials -------------------------------------------------------------------------------------


def test_trials_are_averaged_and_stance_counts_the_best():
    assert value_of("tug", trials=["12.4", "11.8", ""]) == Decimal("12.1")
    assert value_of("sls", trials=["3", "7.5", "6"]) == Decimal("7.5")


@pytest.mark.parametrize(
    ("trials", "sentence"),
    [
        ([], "Write a number for each trial."),
        (["12", "x"], "Write a number for each trial."),
        (["12", "12", "12", "12"], "3 at most."),
        (["-1"], "A trial is not less than 0."),
    ],
)
def test_trials_that_cannot_be_used(trials, sentence):
    assert errors_of("tug", trials=trials) == {"trials": sentence}


def test_could_not_do_it_has_no_number_and_stopped_early_keeps_its_distance():
    unable = score(MEASURES["tug"], {"trials": ["12"]}, special="unable")

    assert (unable.value, unable.answers) == (None, {})
    assert value_of("6mwt", trials=["180"], special="stopped_early") == 180
    assert errors_of("berg", total="4", special="unable") == {
        "special": "This measure has no such outcome."
    }


def test_gait_speed_is_the_timed_distance_over_the_seconds_of_each_trial():
    assert value_of("10mwt", distance="6", trials=["7.5", "10"]) == Decimal("0.7")
    assert value_of("10mwt", distance="10", trials=["14"]) == Decimal("0.714")


def test_a_walk_without_a_distance_without_time_or_too_fast_is_refused():
    assert errors_of("10mwt", distance="", trials=[]) == {
        "distance": "2 to 50 meters.",
        "trials": "Write a number for each trial.",
    }
    assert errors_of("10mwt", distance="10", trials=["0"]) == {
        "trials": "Write the seconds of each trial."
    }
    assert errors_of("10mwt", distance="10", trials=["2"]) == {
        "trials": "This measure goes from 0 to 4 m/s."
    }


# --- Activities ---------------------------------------------------------------------------------


def test_named_activities_are_averaged_and_empty_rows_do_not_count():
    activities = [
        {"name": "Stairs", "rating": "3"},
        {"name": "  Carry  a tray ", "rating": "6"},
        {"name": "", "rating": ""},
    ]

    scored = score(MEASURES["psfs"], {"activities": activities})

    assert (scored.value, scored.answered) == (Decimal("4.5"), 2)
    assert scored.answers["activities"][1] == {"name": "Carry a tray", "rating": "6"}


@pytest.mark.parametrize(
    ("activities", "errors"),
    [
        ([], {"activities": "Name 1 to 5 activities and rate each."}),
        ([{"name": "Stairs", "rating": "11"}], {"rating1": "0 to 10."}),
        ([{"name": "", "rating": "4"}], {"activity1": "Name the activity."}),
        (
            [{"name": "Stairs", "rating": 4}, {"name": "stairs", "rating": 5}],
            {"activity2": "This activity stands here twice."},
        ),
        ([{"name": "x" * 81, "rating": 4}], {"activity1": "80 characters at most."}),
    ],
)
def test_activities_that_cannot_be_used(activities, errors):
    assert errors_of("psfs", activities=activities) == errors


# --- Conditions ---------------------------------------------------------------------------------


def test_conditions_are_kept_tidy_and_what_is_wrong_is_named():
    walk = MEASURES["6mwt"]

    assert conditions_of(walk, {"device": "cane", "course_m": "30", "rests": "", "x": "y"}) == {
        "device": "cane",
        "course_m": "30",
    }
    with pytest.raises(NotScored) as refused:
        conditions_of(walk, {"device": "horse", "course_m": "3.5"})
    assert refused.value.errors == {
        "device": "Choose one of the list.",
        "course_m": "A whole number from 5 to 100.",
    }
