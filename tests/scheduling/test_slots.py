"""Working blocks, gaps and free times, on ordinary days and on those with a clock change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from scheduling.slots import (
    Hours,
    Span,
    free_gaps,
    instant,
    is_on_the_clock,
    next_free,
    starts_within,
    whole_day,
    without,
    working_blocks,
)

PORTLAND = ZoneInfo("America/Los_Angeles")
MONDAY = dt.date(2026, 3, 2)
SPRING_FORWARD = dt.date(2026, 3, 8)  # 02:00 becomes 03:00
FALL_BACK = dt.date(2026, 11, 1)  # 02:00 becomes 01:00 once more


def utc(day, hour, minute=0):
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=dt.UTC)


def at(hour, minute=0, day=MONDAY):
    return dt.datetime.combine(day, dt.time(hour, minute), PORTLAND).astimezone(dt.UTC)


def span(start, end, day=MONDAY):
    return Span(at(*start, day=day), at(*end, day=day))


def on_the_wall(moments):
    return [f"{moment.astimezone(PORTLAND):%a %H:%M}" for moment in moments]


NINE_TO_FIVE = [Hours(weekday, dt.time(9), dt.time(17)) for weekday in range(5)]
EVERY_NIGHT = [Hours(weekday, dt.time(0), dt.time(8)) for weekday in range(7)]


def test_hours_of_the_weekday_become_instants_of_that_day():
    assert working_blocks(MONDAY, zone=PORTLAND, hours=NINE_TO_FIVE) == [
        Span(utc(MONDAY, 17), utc(MONDAY + dt.timedelta(days=1), 1))
    ]


def test_nobody_works_on_a_weekday_without_hours():
    assert working_blocks(dt.date(2026, 3, 7), zone=PORTLAND, hours=NINE_TO_FIVE) == []


def test_a_closure_cuts_the_working_day_in_two():
    lunch = span((12, 0), (13, 0))

    assert working_blocks(MONDAY, zone=PORTLAND, hours=NINE_TO_FIVE, closures=[lunch]) == [
        span((9, 0), (12, 0)),
        span((13, 0), (17, 0)),
    ]


def test_blocks_that_touch_are_one_block():
    hours = [Hours(0, dt.time(9), dt.time(12)), Hours(0, dt.time(12), dt.time(17))]

    assert working_blocks(MONDAY, zone=PORTLAND, hours=hours) == [span((9, 0), (17, 0))]


@pytest.mark.parametrize(("day", "hours"), [(MONDAY, 24), (SPRING_FORWARD, 23), (FALL_BACK, 25)])
def test_a_day_lasts_as_long_as_its_wall_clock_says(day, hours):
    whole = whole_day(day, PORTLAND)

    assert whole.ends_at - whole.starts_at == dt.timedelta(hours=hours)


@pytest.mark.parametrize(("day", "hours"), [(MONDAY, 8), (SPRING_FORWARD, 7), (FALL_BACK, 9)])
def test_a_night_from_midnight_to_eight_loses_or_gains_the_hour_of_the_clock_change(day, hours):
    [block] = working_blocks(day, zone=PORTLAND, hours=EVERY_NIGHT)

    assert block.ends_at - block.starts_at == dt.timedelta(hours=hours)


@pytest.mark.parametrize("day", [SPRING_FORWARD, FALL_BACK])
def test_nine_in_the_morning_is_nine_on_the_wall_on_days_with_a_clock_change(day):
    sundays = [Hours(6, dt.time(9), dt.time(12))]

    [block] = working_blocks(day, zone=PORTLAND, hours=sundays)

    assert on_the_wall([block.starts_at, block.ends_at]) == ["Sun 09:00", "Sun 12:00"]
    assert block.starts_at.hour == {SPRING_FORWARD: 16, FALL_BACK: 17}[day]


def test_a_skipped_time_is_not_on_the_clock_and_a_repeated_one_is():
    half_past_one, half_past_two = dt.time(1, 30), dt.time(2, 30)

    assert not is_on_the_clock(SPRING_FORWARD, half_past_two, PORTLAND)
    assert is_on_the_clock(FALL_BACK, half_past_one, PORTLAND)
    assert is_on_the_clock(MONDAY, half_past_two, PORTLAND)


def test_the_second_pass_of_a_repeated_hour_is_an_hour_later():
    first, second = (instant(FALL_BACK, dt.time(1, 30), PORTLAND, fold=fold) for fold in (0, 1))

    assert (first, second) == (utc(FALL_BACK, 8, 30), utc(FALL_BACK, 9, 30))


def test_hours_that_end_in_the_repeated_hour_run_to_its_second_pass():
    hours = [Hours(6, dt.time(0), dt.time(1, 30))]

    [block] = working_blocks(FALL_BACK, zone=PORTLAND, hours=hours)

    assert block == Span(utc(FALL_BACK, 7), utc(FALL_BACK, 9, 30))


def test_cutting_out_what_overlaps_the_edges_leaves_the_middle():
    left = without([span((9, 0), (12, 0))], [span((8, 0), (9, 30)), span((11, 0), (13, 0))])

    assert left == [span((9, 30), (11, 0))]


def test_cutting_out_everything_leaves_nothing():
    assert without([span((9, 0), (12, 0))], [span((8, 0), (13, 0))]) == []


def test_a_booking_that_ends_when_another_begins_leaves_no_gap():
    taken = [span((9, 0), (9, 45)), span((9, 45), (10, 30))]

    assert free_gaps([span((9, 0), (12, 0))], taken) == [span((10, 30), (12, 0))]


def test_starts_are_the_gaps_beginning_and_the_quarter_hours_that_leave_room():
    gap = span((9, 20), (10, 35))

    starts = starts_within(gap, minutes=45, zone=PORTLAND)

    assert on_the_wall(starts) == ["Mon 09:20", "Mon 09:30", "Mon 09:45"]


def test_a_gap_that_is_too_short_offers_no_start():
    assert list(starts_within(span((9, 0), (9, 40)), minutes=45, zone=PORTLAND)) == []


def nearest(wanted, **changes):
    asked = {
        "minutes": 45,
        "zone": PORTLAND,
        "hours": NINE_TO_FIVE,
        "closures": [],
        "taken": [],
    } | changes
    return on_the_wall(next_free(wanted, **asked))


def test_the_nearest_free_times_lie_around_the_wanted_one():
    taken = [span((10, 0), (11, 0))]

    assert nearest(at(10), taken=taken) == ["Mon 09:00", "Mon 09:15", "Mon 11:00"]


def test_a_free_time_that_is_wanted_is_the_first_offered():
    assert "Mon 10:00" in nearest(at(10))


def test_a_full_day_sends_the_search_to_the_same_time_on_the_next_day():
    taken = [span((9, 0), (17, 0))]

    assert nearest(at(14), taken=taken) == ["Tue 13:45", "Tue 14:00", "Tue 14:15"]


def test_a_full_friday_sends_the_search_past_the_weekend():
    friday = dt.date(2026, 3, 6)
    taken = [span((9, 0), (17, 0), day=friday)]

    assert nearest(at(9, day=friday), taken=taken) == ["Mon 09:00", "Mon 09:15", "Mon 09:30"]


def test_what_is_past_is_not_offered():
    assert nearest(at(9), not_before=at(16, 0)) == ["Mon 16:00", "Mon 16:15", "Tue 09:00"]


def test_a_closed_day_is_not_offered():
    holiday = whole_day(MONDAY, PORTLAND)

    assert nearest(at(9), closures=[holiday]) == ["Tue 09:00", "Tue 09:15", "Tue 09:30"]


def test_nothing_is_offered_when_the_two_weeks_ahead_are_closed():
    closed = Span(at(0), at(0, day=MONDAY + dt.timedelta(days=30)))

    assert nearest(at(9), closures=[closed]) == []


def test_the_search_runs_on_the_wall_clock_across_the_clock_change():
    saturday = SPRING_FORWARD - dt.timedelta(days=1)
    every_morning = [Hours(weekday, dt.time(9), dt.time(10)) for weekday in (5, 6)]
    taken = [span((9, 0), (10, 0), day=saturday)]

    times = next_free(
        at(9, day=saturday),
        minutes=60,
        zone=PORTLAND,
        hours=every_morning,
        closures=[],
        taken=taken,
        count=1,
    )

    assert times == [utc(SPRING_FORWARD, 16)]
