"""How full a day is: minutes worked, minutes free, and what counts twice or not at all."""

import datetime as dt

import pytest

from scheduling.load import Load, load_of, minutes_of
from scheduling.slots import Span


def span(start, end):
    day = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    return Span(day + dt.timedelta(hours=start), day + dt.timedelta(hours=end))


def test_time_that_lies_in_two_spans_counts_once():
    assert minutes_of([span(8, 10), span(9, 11), span(13, 13.5)]) == 210


@pytest.mark.parametrize(
    ("working", "taken", "load"),
    [
        ([span(8, 12), span(13, 17)], [], Load(working=480, free=480)),
        ([span(8, 12), span(13, 17)], [span(8, 9), span(16.5, 17)], Load(working=480, free=390)),
        ([span(8, 12)], [span(7, 8), span(12, 13)], Load(working=240, free=240)),
        ([span(8, 12)], [span(7, 13)], Load(working=240, free=0)),
        ([], [span(9, 10)], Load(working=0, free=0)),
    ],
    ids=["free", "partly booked", "booked outside hours", "full", "nobody works"],
)
def test_what_is_booked_within_working_hours_is_not_free(working, taken, load):
    assert load_of(working, taken) == load


@pytest.mark.parametrize(
    ("load", "percent"),
    [(Load(480, 480), 0), (Load(480, 120), 75), (Load(480, 0), 100), (Load(0, 0), 0)],
)
def test_the_share_that_is_booked(load, percent):
    assert load.percent == percent


def test_loads_add_up():
    assert Load(480, 100) + Load(240, 240) == Load(720, 340)
