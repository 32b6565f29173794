"""The search for free times: everybody a visit needs is free, on the wall clock, or it says why."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.finder import (
    Busy,
    Condition,
    Diary,
    FreeDay,
    Opening,
    Pool,
    Search,
    Wanted,
    free_days,
    loosen,
    spaced,
    works_on,
    works_within,
)
from scheduling.slots import Hours, Span, instant

PORTLAND = ZoneInfo("America/Los_Angeles")
MONDAY = dt.date(2026, 3, 2)
NINE_TO_FIVE = tuple(Hours(weekday, dt.time(9), dt.time(17)) for weekday in range(5))
DANA, KIM, HERE, THERE = 1, 2, 10, 20


def at(hour, minute=0, day=MONDAY):
    return instant(day, dt.time(hour, minute), PORTLAND)


def busy(*spans):
    return Busy(Span(at(*start), at(*end)) for start, end in spans)


def diary(therapist=DANA, clinic=HERE, hours=NINE_TO_FIVE, **changes):
    return Diary(therapist, clinic, PORTLAND, hours, **changes)


def times(search, first=MONDAY, days=1, **how):
    """Each free time as the wall clock shows it, with who and in which room."""
    return [
        (f"{opening.starts_at.astimezone(PORTLAND):%a %H:%M}", opening.therapist, opening.room)
        for day in free_days(search, first, days=days, **how)
        for opening in day.openings
    ]


def starts(search, **how):
    return [time for time, _, _ in times(search, **how)]


def search(wanted=None, *diaries, **changes):
    return Search(wanted or Wanted(60), diaries or (diary(),), **changes)


MORNING = Wanted(60, from_time=dt.time(9), to_time=dt.time(11))


def test_a_morning_offers_the_quarter_hours_from_which_the_visit_ends_in_it():
    assert starts(search(MORNING)) == [
        "Mon 09:00", "Mon 09:15", "Mon 09:30", "Mon 09:45", "Mon 10:00",
    ]  # fmt: skip


def test_what_the_therapist_the_patient_or_a_closure_holds_is_not_offered():
    found = search(
        MORNING,
        diary(taken=busy(((9, 0), (9, 30)))),
        diary(KIM, closed=busy(((8, 0), (12, 0)))),
        patient=busy(((10, 45), (11, 30))),
    )

    assert times(found) == [("Mon 09:30", DANA, None), ("Mon 09:45", DANA, None)]


def test_the_time_kept_free_after_a_visit_must_be_free_too_but_may_pass_the_hours():
    taken = busy(((10, 30), (11, 0)))
    ends_the_day = Wanted(60, buffer_minutes=15, from_time=dt.time(9), to_time=dt.time(17))

    found = starts(search(ends_the_day, diary(taken=taken)))

    assert found[:2] == ["Mon 09:00", "Mon 09:15"]
    assert found[2] == "Mon 11:00"
    assert found[-1] == "Mon 16:00"


def test_any_room_is_the_first_that_is_free_and_without_one_the_time_is_not_offered():
    rooms = Pool(HERE, ((7, busy(((9, 0), (10, 0)))), (8, busy(((9, 30), (12, 0))))), is_rooms=True)

    assert times(search(MORNING, pools=(rooms,))) == [("Mon 10:00", DANA, 7)]


def test_the_rooms_of_another_clinic_say_nothing():
    full = Pool(THERE, ((7, busy(((0, 0), (23, 0)))),), is_rooms=True)

    found = search(MORNING, diary(), diary(KIM, THERE), pools=(full,))

    assert {who for _, who, _ in times(found)} == {DANA}


def test_only_the_weekdays_that_were_asked_for_are_searched():
    wanted = replace(MORNING, weekdays=frozenset({2}))

    assert starts(search(wanted), days=14, enough=2)[::5] == ["Wed 09:00", "Wed 09:00"]


def test_nothing_before_the_earliest_moment_is_offered():
    assert starts(search(replace(MORNING, not_before=at(9, 40)))) == ["Mon 09:45", "Mon 10:00"]


def test_the_search_ends_with_the_days_that_are_enough():
    found = free_days(search(MORNING), MONDAY, days=30, enough=2)

    assert [day.day for day in found] == [MONDAY, dt.date(2026, 3, 3)]


def test_two_clinics_in_two_zones_each_keep_their_own_clock():
    denver = Diary(KIM, THERE, ZoneInfo("America/Denver"), NINE_TO_FIVE)
    nine = Wanted(60, from_time=dt.time(9), to_time=dt.time(10))

    [day] = free_days(search(nine, diary(), denver), MONDAY, days=1)

    assert day == FreeDay(
        MONDAY,
        (
            Opening(at(8), at(9), KIM, THERE),
            Opening(at(9), at(10), DANA, HERE),
        ),
    )


@pytest.mark.parametrize("sunday", [dt.date(2026, 3, 8), dt.date(2026, 11, 1)])
def test_nine_is_nine_on_the_days_the_clocks_change(sunday):
    sundays = (Hours(6, dt.time(9), dt.time(12)),)
    nine = Wanted(60, from_time=dt.time(9), to_time=dt.time(10))

    assert starts(search(nine, diary(hours=sundays)), first=sunday) == ["Sun 09:00"]


def test_spaced_times_lie_apart_for_each_therapist():
    [day] = free_days(search(MORNING, diary(), diary(KIM)), MONDAY, days=1)

    kept = spaced(day.openings, minutes=30)

    assert [(f"{o.starts_at.astimezone(PORTLAND):%H:%M}", o.therapist) for o in kept] == [
        ("09:00", DANA), ("09:00", KIM), ("09:30", DANA),
        ("09:30", KIM), ("10:00", DANA), ("10:00", KIM),
    ]  # fmt: skip


# --- What to loosen -----------------------------------------------------------------------------


def loosened(found, days=14):
    return {each.condition: each.first.starts_at for each in loosen(found, MONDAY, days=days)}


def test_each_condition_that_alone_is_in_the_way_is_named_with_what_it_costs():
    wanted = Wanted(60, weekdays=frozenset({6}))

    assert loosened(search(wanted)) == {Condition.WEEKDAYS: at(9)}


def test_a_condition_that_would_not_help_alone_is_not_named():
    wanted = Wanted(60, weekdays=frozenset({6}), from_time=dt.time(19), to_time=dt.time(21))

    assert loosened(search(wanted)) == {}


def test_full_rooms_and_the_patients_own_bookings_are_named():
    nine = Wanted(60, from_time=dt.time(9), to_time=dt.time(10))
    rooms = Pool(HERE, ((7, busy(((8, 0), (17, 0)))),), is_rooms=True)

    assert loosened(search(nine, pools=(rooms,)), days=1) == {Condition.ROOM: at(9)}
    assert loosened(search(nine, patient=busy(((9, 30), (10, 0)))), days=1) == {
        Condition.TIME_OF_DAY: at(10),
        Condition.PATIENT: at(9),
    }


def test_nobody_works_on_sunday_nor_at_night():
    assert works_on([diary()], frozenset({4, 6}))
    assert not works_on([diary()], frozenset({6}))
    assert works_within([diary()], Wanted(60, from_time=dt.time(16), to_time=dt.time(17)))
    assert not works_within([diary()], Wanted(60, from_time=dt.time(16, 15), to_time=dt.time(20)))


# --- Whatever is taken --------------------------------------------------------------------------

SOME_SPANS = st.lists(
    st.tuples(st.integers(0, 5 * 96), st.integers(1, 20)).map(
        lambda pair: Span(
            at(0) + dt.timedelta(minutes=15 * pair[0]),
            at(0) + dt.timedelta(minutes=15 * (pair[0] + pair[1])),
        )
    ),
    max_size=30,
)


@settings(max_examples=80)
@given(
    taken=SOME_SPANS,
    closed=SOME_SPANS,
    patient=SOME_SPANS,
    minutes=st.sampled_from([15, 45, 60]),
    buffer=st.sampled_from([0, 10, 15]),
)
def test_no_opening_overlaps_anything_or_leaves_the_hours(taken, closed, patient, minutes, buffer):
    found = search(
        Wanted(minutes, buffer_minutes=buffer),
        diary(taken=Busy(taken), closed=Busy(closed)),
        patient=Busy(patient),
    )

    for day in free_days(found, MONDAY, days=6):
        for opening in day.openings:
            start = opening.starts_at.astimezone(PORTLAND)
            end = opening.ends_at.astimezone(PORTLAND)
            kept_free = Span(opening.starts_at, opening.ends_at + dt.timedelta(minutes=buffer))
            assert start.date() == end.date() == day.day
            assert dt.time(9) <= start.time()
            assert end.time() <= dt.time(17)
            assert not any(opening.span.overlaps(span) for span in closed + patient)
            assert not any(kept_free.overlaps(span) for span in taken)
