"""Which published value speaks for a patient, and what a change is worth."""

from decimal import Decimal

import pytest

from documentation.rules import change, measures
from documentation.rules.measures import Kind

STROKE = ("I69.354", "R26.81", "Z91.81")


def groups(codes=(), days=None, age=None, chosen=""):
    return change.groups_of(codes=codes, days_since_onset=days, age=age, chosen=chosen)


def fit(series, kind, baseline, patients):
    found = change.fitting(
        measures.series(series), kind, groups=patients, baseline=Decimal(baseline)
    )
    return (found.change.source, found.low, found.high) if found else None


def verdict(series, baseline, now, patients):
    return change.verdict(
        measures.series(series),
        baseline=Decimal(baseline),
        now=Decimal(now),
        groups=patients,
    )


# --- Groups -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (None, ("stroke",)),
        (3, ("stroke_acute", "stroke")),
        (30, ("stroke_1_6_weeks", "stroke_20_60_days", "stroke_subacute", "stroke")),
        (50, ("stroke_20_60_days", "stroke_subacute", "stroke")),
        (180, ("stroke_subacute", "stroke")),
        (181, ("stroke_chronic", "stroke")),
        (-1, ("stroke",)),
    ],
)
def test_a_stroke_is_placed_by_the_days_since_onset(days, found):
    assert groups(["I69.354"], days=days) == found


@pytest.mark.parametrize(
    ("codes", "age", "found"),
    [
        (["G20.A1"], 50, ("parkinsonism", "adult_with_disease")),
        (["H81.11"], None, ("vestibular",)),
        (["R26.81"], 70, ("balance", "older", "adult_with_disease")),
        (["M17.12"], 40, ("lower_limb", "musculoskeletal", "adult_with_disease")),
        (["R42"], 40, ("adult_with_disease",)),
        ([], 17, ()),
    ],
)
def test_diagnoses_and_age_place_a_case(codes, age, found):
    assert groups(codes, age=age) == found


def test_falls_place_an_older_adult_and_not_a_younger_one():
    assert "older_fall_risk" in groups(STROKE, age=65)
    assert "older_fall_risk" not in groups(STROKE, age=64)


def test_what_the_therapist_chose_comes_with_what_it_lies_within_and_nothing_else():
    assert groups(STROKE, days=300, age=70, chosen="vestibular_loss") == (
        "vestibular_loss",
        "vestibular",
    )
    assert groups(["G20"], chosen="nonsense") == ("parkinsonism",)


# --- The value to use ---------------------------------------------------------------------------


def test_the_most_specific_group_wins():
    chronic = groups(STROKE, days=300, age=70)

    assert fit("berg", Kind.MDC, "40", chronic) == (
        "Alghadir 2018, PMC6136166",
        Decimal("2.7"),
        Decimal("2.7"),
    )
    assert fit("berg", Kind.MCID, "40", chronic) == (
        "Godi 2013, Phys Ther 93:158",
        Decimal(7),
        Decimal(7),
    )


@pytest.mark.parametrize(
    ("baseline", "value"), [("0.30", "0.1"), ("0.40", "0.15"), ("0.80", "0.15"), ("0.81", "0.18")]
)
def test_gait_speed_in_chronic_stroke_goes_by_the_baseline(baseline, value):
    chronic = groups(["I69.354"], days=300)

    assert fit("10mwt.comfortable", Kind.MDC, baseline, chronic) == (
        "Lewek & Sykes 2019, J Neurol Phys Ther",
        Decimal(value),
        Decimal(value),
    )


def test_fast_and_comfortable_speed_have_values_of_their_own():
    patients = groups(["G20"])

    assert fit("10mwt.comfortable", Kind.MDC, "1", patients)[1] == Decimal("0.18")
    assert fit("10mwt.fast", Kind.MDC, "1", patients)[1] == Decimal("0.25")


def test_only_the_window_of_the_study_uses_its_value():
    assert fit("10mwt.comfortable", Kind.MCID, "0.5", groups(["I63.9"], days=60))[1] == Decimal(
        "0.16"
    )
    assert fit("10mwt.comfortable", Kind.MCID, "0.5", groups(["I63.9"], days=61)) is None


def test_a_value_nobody_has_confirmed_is_never_used():
    vestibular = groups(["H81.11"])

    assert fit("sts5", Kind.MCID, "14", vestibular) is None
    assert fit("psfs", Kind.MDC, "4", groups(["M17.12"])) is None


def test_a_quoted_value_is_used_where_none_was_read_and_says_so():
    patients = groups(["I69.354"])

    found = change.fitting(
        measures.series("6mwt"), Kind.MDC, groups=patients, baseline=Decimal(200)
    )

    assert found is not None
    assert (found.high, found.is_quoted) == (Decimal("34.4"), True)


# --- Verdicts -----------------------------------------------------------------------------------


def test_error_and_importance_are_told_apart():
    said = verdict("berg", "40", "45", groups(STROKE, days=300, age=70))

    assert (said.gain, said.is_beyond_error, said.matters, said.tone) == (5, True, False, "better")
    assert said.in_words == (
        "Better by more than measurement error (MDC95 2.7). "
        "Does not reach an important change (MIC 7)."
    )


def test_a_change_of_just_the_error_is_within_it_and_of_just_the_importance_reaches_it():
    balance = groups(["R26.81"])

    assert verdict("berg", "40", "46.2", balance).is_beyond_error is False
    assert verdict("berg", "40", "47", balance).matters is True


def test_lower_is_better_where_the_measure_runs_down():
    chronic = groups(["I69.354"], days=300)

    faster = verdict("tug", "20", "16", chronic)
    slower = verdict("tug", "16", "20", chronic)

    assert (faster.gain, faster.tone) == (4, "better")
    assert (slower.gain, slower.tone, slower.in_words) == (
        -4,
        "worse",
        "Worse by more than measurement error (MDC95 3.2).",
    )


def test_the_larger_end_of_a_range_counts():
    patients = groups(["I63.9"], days=100)

    assert verdict("fma_ue", "20", "29", patients).matters is False
    assert verdict("fma_ue", "20", "30", patients).matters is True


def test_where_no_value_fits_nothing_is_said():
    said = verdict("sls.left", "3", "10", groups(STROKE, days=300, age=70))

    assert (said.is_beyond_error, said.matters, said.tone) == (None, None, "")
    assert said.in_words == "No published value fits this patient: no verdict."
