"""How far a goal is, and when it has stalled."""

import datetime as dt
from decimal import Decimal

import pytest

from documentation.rules.goals import Aim, Progress, Reading, State, percent_of_the_way, progress
from documentation.rules.measures import Better

START = dt.date(2026, 3, 2)
BERG = Aim(Decimal(40), START, Decimal(50), Better.HIGHER)
TUG = Aim(Decimal(20), START, Decimal(12), Better.LOWER)


def after(days, value):
    return Reading(START + dt.timedelta(days=days), Decimal(value))


def stands(aim, *readings, on=None, error="0", met_on=None):
    day = on if on is not None else readings[-1].on if readings else START
    return progress(aim, readings, on=day, error=Decimal(error), met_on=met_on)


@pytest.mark.parametrize(
    ("aim", "value", "percent"),
    [(BERG, "45", 50), (BERG, "49.99", 99), (BERG, "50", 100), (BERG, "52", 120), (BERG, "38", -20),
     (TUG, "18", 25), (TUG, "12", 100), (TUG, "22", -25)],
)  # fmt: skip
def test_progress_is_the_part_of_the_way_whichever_way_it_goes(aim, value, percent):
    assert percent_of_the_way(aim, Decimal(value)) == percent


def test_without_a_reading_after_the_baseline_nothing_is_known():
    assert stands(BERG, after(0, "40")) == Progress(State.UNMEASURED, last_gain_on=START)
    assert stands(BERG, after(-7, "48")).state is State.UNMEASURED


def test_a_reading_to_come_does_not_count_yet():
    assert stands(BERG, after(10, "50"), on=START + dt.timedelta(days=9)).percent is None


def test_a_goal_under_way_says_how_far_and_since_when():
    assert stands(BERG, after(7, "44"), after(14, "46")) == Progress(
        State.MOVING, 60, after(14, "46"), START + dt.timedelta(days=14)
    )


def test_a_target_reached_is_not_yet_met_until_somebody_says_so():
    assert stands(TUG, after(14, "12")).state is State.REACHED
    assert stands(TUG, after(14, "15"), met_on=START + dt.timedelta(days=14)).state is State.MET
    assert stands(TUG, after(14, "15"), met_on=START + dt.timedelta(days=15)).state is State.MOVING


# --- Stalled ------------------------------------------------------------------------------------


def test_two_readings_over_fourteen_days_without_a_gain_are_a_stall():
    readings = [after(7, "44"), after(14, "44"), after(21, "43")]

    assert stands(BERG, *readings).state is State.STALLED
    assert stands(BERG, *readings).last_gain_on == START + dt.timedelta(days=7)


def test_thirteen_days_or_one_reading_are_not():
    assert stands(BERG, after(7, "44"), after(14, "44"), after(20, "43")).state is State.MOVING
    assert stands(BERG, after(7, "44"), after(28, "43")).state is State.MOVING


def test_a_gain_within_measurement_error_is_none_and_small_ones_add_up():
    small = [after(7, "42"), after(14, "42")]

    assert stands(BERG, *small, error="2.7").state is State.STALLED
    assert stands(BERG, *small).state is State.MOVING
    added = stands(BERG, after(7, "42"), after(14, "43"), error="2.7")
    assert (added.state, added.last_gain_on) == (State.MOVING, START + dt.timedelta(days=14))


def test_worse_than_the_baseline_by_more_than_error_is_pointed_out():
    assert stands(TUG, after(7, "21")).state is State.WORSE
    assert stands(TUG, after(7, "21"), error="3.2").state is State.MOVING
    assert stands(TUG, after(7, "21")).is_stalled


def test_a_goal_not_measured_for_a_month_says_so_instead():
    readings = [after(7, "44"), after(14, "44"), after(21, "43")]

    assert stands(BERG, *readings, on=START + dt.timedelta(days=51)).state is State.STALLED
    assert stands(BERG, *readings, on=START + dt.timedelta(days=52)).state is State.OLD


def test_a_goal_in_words_is_met_or_not_measured_by_a_number():
    assert progress(None, [], on=START) == Progress(State.UNLINKED)
    assert progress(None, [], on=START, met_on=START) == Progress(State.MET)
