"""The plot of a series: where dots and bands lie."""

import datetime as dt
from decimal import Decimal

from documentation.measure_plot import HEIGHT, plot
from documentation.rules import change, measures
from documentation.rules.goals import Reading
from documentation.rules.measures import Kind

DAY = dt.date(2026, 3, 2)


def readings(*values):
    return [Reading(DAY + dt.timedelta(days=7 * n), Decimal(v)) for n, v in enumerate(values)]


def fit(series, kind, *, baseline, groups):
    return change.fitting(series, kind, groups=groups, baseline=Decimal(baseline))


def test_nothing_is_drawn_without_a_number():
    assert plot(measures.series("berg"), [], mdc=None, mcid=None) is None


def test_one_result_is_one_dot_inside_the_plot():
    drawn = plot(measures.series("berg"), readings("44"), mdc=None, mcid=None)

    assert drawn is not None
    assert [(dot.said, dot.on) for dot in drawn.dots] == [("44 pt", DAY)]
    assert all(0 < dot.y < HEIGHT for dot in drawn.dots)
    assert drawn.strips == ()


def test_the_error_lies_around_the_baseline_and_what_matters_on_the_better_side():
    berg, groups = measures.series("berg"), ("balance",)
    drawn = plot(
        berg,
        readings("30", "38"),
        mdc=fit(berg, Kind.MDC, baseline="30", groups=groups),
        mcid=fit(berg, Kind.MCID, baseline="30", groups=groups),
    )

    assert drawn is not None
    error, matters = drawn.strips
    first = drawn.dots[0].y
    assert error.y < first < error.y + error.height
    assert matters.y + matters.height < first  # above: higher is better
    assert [line.said for line in drawn.lines] == ["20", "25", "30", "35", "40"]


def test_what_matters_lies_below_where_lower_is_better():
    dhi = measures.series("promis.fatigue")
    tug = measures.series("tug")
    drawn = plot(
        tug,
        readings("20", "15"),
        mdc=fit(tug, Kind.MDC, baseline="20", groups=("stroke_chronic",)),
        mcid=None,
        target=Decimal(12),
    )

    assert drawn is not None
    assert dhi.better == tug.better == "lower"
    assert drawn.target is not None
    assert drawn.target > drawn.dots[1].y > drawn.dots[0].y


def test_bands_are_cut_at_the_range_of_the_measure():
    berg = measures.series("berg")
    mdc = fit(berg, Kind.MDC, baseline="55", groups=("balance",))
    drawn = plot(berg, readings("55", "56"), mdc=mdc, mcid=None)

    assert drawn is not None
    assert all(strip.y >= 0 and strip.y + strip.height <= HEIGHT for strip in drawn.strips)
    assert float(drawn.lines[-1].said) <= 60
