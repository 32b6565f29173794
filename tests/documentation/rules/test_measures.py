"""The measures as data: whole, consistent, and worded only where wording is ours."""

from decimal import Decimal

import pytest

from documentation.rules import change, measures
from documentation.rules.measures import Basis, Better, Way

ALL = list(measures.measures().values())
each_measure = pytest.mark.parametrize("measure", ALL, ids=[measure.id for measure in ALL])


@each_measure
def test_every_published_value_names_a_group_a_source_and_a_value(measure):
    for each in measure.changes:
        assert each.group in change.groups()
        assert each.source
        assert each.population
        assert each.variant in ("", *measure.variants)
        assert (each.percent is not None) + bool(each.bands) + (each.low is not None) == 1


@each_measure
def test_every_measure_runs_one_way_within_a_range_and_carries_its_license(measure):
    assert set(measure.better_of) == set(measure.variants or {"": ""})
    assert measure.high is None or measure.low < measure.high
    assert measure.license


@each_measure
def test_a_measure_whose_wording_is_not_ours_has_no_instructions_and_no_labels(measure):
    if measure.ship in ("score_only", "licensed"):
        assert measure.how == ""
        assert not measure.by_patient
        assert measure.entry.way in (Way.ITEMS, Way.PARTS, Way.TOTAL)


def test_patients_are_asked_only_what_is_in_our_own_words():
    asked = [measure.id for measure in ALL if measure.by_patient]

    assert asked == ["psfs", "pain"]


@each_measure
def test_items_that_all_score_highest_reach_the_top_of_the_range(measure):
    entry = measure.entry
    if entry.way is Way.ITEMS and entry.formula == "sum":
        assert entry.count * entry.most == measure.high
    if entry.way is Way.PARTS:
        assert sum(part.most for part in entry.parts) == measure.high


def test_a_band_holds_its_limits_and_nothing_outside():
    walk = measures.measures()["10mwt"]
    banded = next(each for each in walk.changes if each.source.startswith("Hosoi"))

    assert [banded.at(Decimal(speed)) for speed in ("0.39", "0.4", "0.8", "0.81")] == [
        (Decimal("0.05"), Decimal("0.05")),
        (Decimal("0.11"), Decimal("0.11")),
        (Decimal("0.11"), Decimal("0.11")),
        (Decimal("0.21"), Decimal("0.21")),
    ]


def test_a_part_of_the_baseline_is_worked_out_and_is_nothing_of_nothing():
    tug = measures.measures()["tug"]
    part = next(each for each in tug.changes if each.percent)

    assert part.at(Decimal(20)) == (Decimal(3), Decimal(3))
    assert part.at(Decimal(0)) is None


def test_what_nobody_has_read_in_the_paper_is_kept_apart():
    sts = measures.measures()["sts5"]

    assert {each.basis for each in sts.changes} == {Basis.UNCONFIRMED}
    assert not any(each.is_usable for each in sts.changes)


def test_series_are_a_measure_at_one_pace_and_say_how_they_run():
    assert measures.series("10mwt.fast").label == "10-Meter Walk Test, fast speed"
    assert measures.series("berg").better is Better.HIGHER
    assert measures.series("promis.fatigue").better is Better.LOWER
    assert measures.series("promis.physical_function").better is Better.HIGHER
    with pytest.raises(measures.NoSuchMeasure):
        measures.series("10mwt")


@pytest.mark.parametrize(
    ("value", "said"), [("44.000", "44"), ("0.720", "0.72"), ("13.50", "13.5"), ("100", "100")]
)
def test_a_number_is_written_without_zeros_that_say_nothing(value, said):
    assert measures.plain(Decimal(value)) == said
