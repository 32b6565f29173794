"""The series solver: spread over the week, one a day, one time and therapist, conflicts named."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.finder import Busy, Diary, Search, Wanted
from scheduling.series_solver import (
    Target,
    TooFewDays,
    Trouble,
    Wish,
    answer,
    days_of,
    solve,
    spread,
    targets_of,
)
from scheduling.slots import Hours, Span, instant

PORTLAND = ZoneInfo("America/Los_Angeles")
MONDAY = dt.date(2026, 3, 2)
NINE_TO_FIVE = tuple(Hours(weekday, dt.time(9), dt.time(17)) for weekday in range(5))
DANA, KIM, HERE = 1, 2, 10
MORNINGS = Wanted(60, from_time=dt.time(9), to_time=dt.time(12))


def at(hour, minute=0, day=MONDAY):
    return instant(day, dt.time(hour, minute), PORTLAND)


def on(day, start=(0, 0), end=(23, 59)):
    return Span(at(*start, day=day), at(*end, day=day))


def diary(therapist=DANA, hours=NINE_TO_FIVE, taken=(), closed=()):
    return Diary(therapist, HERE, PORTLAND, hours, closed=Busy(closed), taken=Busy(taken))


def wish(*diaries, wanted=MORNINGS, patient=(), **changes):
    search = Search(wanted, diaries or (diary(),), patient=Busy(patient))
    facts = {"starts_on": MONDAY, "visits": 12, "per_week": 3}
    return Wish(search=search, **facts | changes)


def shown(place):
    return f"{place.starts_at.astimezone(PORTLAND):%a %m/%d %H:%M}"


def in_short(planned):
    return [
        (visit.position, shown(visit.place), [str(trouble) for trouble in visit.troubles])
        for visit in planned
    ]


@pytest.mark.parametrize(
    ("weekdays", "per_week", "first"),
    [
        (range(5), 1, (0,)),
        (range(5), 2, (0, 3)),
        (range(5), 3, (0, 2, 4)),
        (range(5), 4, (0, 1, 3, 4)),
        (range(5), 5, (0, 1, 2, 3, 4)),
        ([1, 2, 3], 2, (1, 3)),
        ([0, 1], 3, None),
    ],
)
def test_the_days_of_a_week_lie_as_far_apart_as_they_can(weekdays, per_week, first):
    assert next(iter(spread(weekdays, per_week)), None) == first


def test_a_series_that_begins_in_midweek_has_all_its_visits():
    wednesday = dt.date(2026, 3, 4)

    assert [f"{day:%a %d}" for day in days_of(wednesday, (0, 2, 4), 4)] == [
        "Wed 04", "Fri 06", "Mon 09", "Wed 11",
    ]  # fmt: skip


def test_three_a_week_for_four_weeks_in_the_mornings():
    assert in_short(solve(wish())) == [
        (1, "Mon 03/02 09:00", []),
        (2, "Wed 03/04 09:00", []),
        (3, "Fri 03/06 09:00", []),
        (4, "Mon 03/09 09:00", []),
        (5, "Wed 03/11 09:00", []),
        (6, "Fri 03/13 09:00", []),
        (7, "Mon 03/16 09:00", []),
        (8, "Wed 03/18 09:00", []),
        (9, "Fri 03/20 09:00", []),
        (10, "Mon 03/23 09:00", []),
        (11, "Wed 03/25 09:00", []),
        (12, "Fri 03/27 09:00", []),
    ]


def test_nine_stays_nine_when_the_clocks_change():
    before, after = (visit.place.starts_at for visit in solve(wish())[2:4])

    assert (before.hour, after.hour) == (17, 16)


def test_the_time_at_which_most_visits_are_free_is_the_time_of_the_series():
    taken = [on(day, (9, 0), (10, 15)) for day in days_of(MONDAY, (0, 2, 4), 5)]

    planned = solve(wish(diary(taken=taken)))

    assert {f"{v.place.starts_at.astimezone(PORTLAND):%H:%M}" for v in planned} == {"10:15"}
    assert all(visit.is_free for visit in planned)


def test_the_therapist_with_most_free_visits_has_the_series_and_the_first_named_if_equal():
    full = diary(taken=[on(MONDAY, (9, 0), (12, 0))])

    assert {visit.place.therapist for visit in solve(wish(full, diary(KIM)))} == {KIM}
    assert {visit.place.therapist for visit in solve(wish(diary(KIM), diary()))} == {KIM}


def test_a_closed_day_and_a_taken_time_are_named_with_the_nearest_alternatives():
    closed, taken_day = dt.date(2026, 3, 11), dt.date(2026, 3, 18)
    found = wish(diary(closed=[on(closed)], taken=[on(taken_day, (9, 0), (10, 0))]), at=dt.time(9))

    planned = solve(found)

    assert [(v.position, v.troubles) for v in planned if not v.is_free] == [
        (5, (Trouble.CLOSED,)),
        (8, (Trouble.THERAPIST,)),
    ]
    assert [shown(place) for place in planned[4].alternatives] == [
        "Tue 03/10 09:00",
        "Thu 03/12 09:00",
        "Tue 03/10 09:15",
    ]
    assert shown(planned[7].alternatives[0]) == "Wed 03/18 10:00"


def test_another_therapist_steps_in_only_where_the_series_need_not_stay_with_one():
    away = diary(closed=[on(dt.date(2026, 3, 11))])

    with_one = solve(wish(away, diary(KIM, hours=NINE_TO_FIVE[2:3]), per_week=3))
    with_two = solve(wish(away, diary(KIM, hours=NINE_TO_FIVE[2:3]), same_therapist=False))

    assert with_one[4].troubles == (Trouble.CLOSED,)
    assert {place.therapist for place in with_one[4].alternatives} == {DANA}
    assert (with_two[4].is_free, with_two[4].place.therapist) == (True, KIM)


def test_more_visits_a_week_than_days_worked_are_refused_with_the_days_there_are():
    mondays = tuple(hours for hours in NINE_TO_FIVE if hours.weekday in (0, 3))

    with pytest.raises(TooFewDays) as refusal:
        solve(wish(diary(hours=mondays)))

    assert refusal.value.weekdays == (0, 3)


def test_days_that_are_asked_for_stay_even_when_nobody_works_and_it_says_so():
    planned = solve(wish(weekdays=(5,), visits=2, at=dt.time(9)))

    assert in_short(planned) == [
        (1, "Sat 03/07 09:00", ["outside_hours"]),
        (2, "Sat 03/14 09:00", ["outside_hours"]),
    ]
    assert [visit.may_be_forced for visit in planned] == [True, True]
    assert shown(planned[0].alternatives[0]) == "Fri 03/06 09:00"


def test_a_day_on_which_the_patient_comes_anyway_is_named_and_never_an_alternative():
    taken_days = frozenset({dt.date(2026, 3, 4), dt.date(2026, 3, 5)})

    planned = solve(wish(days_taken=taken_days, weekdays=(0, 2, 4), at=dt.time(9)))

    assert planned[1].troubles == (Trouble.SAME_DAY,)
    assert next(shown(place) for place in planned[1].alternatives) == "Tue 03/03 09:00"
    assert "03/05" not in " ".join(shown(place) for place in planned[1].alternatives)


def test_past_the_end_of_the_plan_and_of_what_is_paid_for_no_alternative_lies_past_it_too():
    found = wish(last_day=dt.date(2026, 3, 26), paid_until=dt.date(2026, 3, 22))

    planned = answer(targets_of(found), found, not_paid_for={10, 11, 12})

    assert [visit.troubles for visit in planned[-4:]] == [
        (),
        (Trouble.NOT_PAID_FOR,),
        (Trouble.NOT_PAID_FOR,),
        (Trouble.PLAN_ENDS, Trouble.NOT_PAID_FOR),
    ]
    assert [shown(place) for place in planned[9].alternatives] == [
        "Thu 03/19 09:00",
        "Tue 03/17 09:00",
        "Thu 03/19 09:15",
    ]
    assert planned[11].alternatives == ()


def test_where_the_visits_paid_for_are_used_up_no_other_day_would_help():
    found = wish(paid_until=dt.date(2026, 12, 31))

    planned = answer(targets_of(found), found, not_paid_for={11, 12})

    assert [(v.troubles, v.alternatives) for v in planned[10:]] == [
        ((Trouble.NOT_PAID_FOR,), ())
    ] * 2


def test_past_an_authorization_that_is_used_up_no_other_day_would_help():
    found = wish(paid_until=dt.date(2026, 3, 26), none_left=True)

    planned = answer(targets_of(found), found, not_paid_for={12})

    assert (planned[11].troubles, planned[11].alternatives) == ((Trouble.NOT_PAID_FOR,), ())


def test_a_group_with_a_place_left_is_joined_although_its_therapist_is_taken():
    class_times = [at(10, day=day) for day in days_of(MONDAY, (0, 2), 4)]
    taken = [Span(start, start + dt.timedelta(hours=1)) for start in class_times]
    book = replace(diary(taken=taken), joins=frozenset(class_times[:3]))

    planned = solve(wish(book, weekdays=(0, 2), visits=4, at=dt.time(10)))

    assert [visit.troubles for visit in planned] == [(), (), (), (Trouble.THERAPIST,)]


def test_minutes_kept_free_after_a_visit_are_in_the_way_but_may_be_booked_all_the_same():
    before, kept = on(MONDAY, (8, 0), (9, 0)), on(MONDAY, (8, 0), (9, 15))
    book = replace(diary(taken=[before]), kept=Busy([kept]))

    [visit] = solve(wish(book, visits=1, at=dt.time(9), weekdays=(0,)))

    assert (visit.troubles, visit.may_be_forced) == ((Trouble.CROWDED,), True)
    assert shown(visit.alternatives[0]) == "Mon 03/02 09:15"


def test_targets_of_an_edit_are_answered_in_the_same_way():
    first = diary(taken=[on(MONDAY, (14, 0), (15, 0))])
    targets = [
        Target(3, MONDAY, dt.time(14), first),
        Target(4, MONDAY.replace(day=4), dt.time(14), first),
    ]

    planned = answer(targets, wish(first, wanted=Wanted(60)))

    assert in_short(planned) == [
        (3, "Mon 03/02 14:00", ["therapist"]),
        (4, "Wed 03/04 14:00", []),
    ]
    assert shown(planned[0].alternatives[0]) in ("Mon 03/02 13:00", "Mon 03/02 15:00")


# --- Whatever is taken --------------------------------------------------------------------------

SPANS = st.lists(
    st.tuples(st.integers(0, 40 * 24), st.integers(1, 30)).map(
        lambda pair: Span(
            at(0) + dt.timedelta(hours=pair[0]), at(0) + dt.timedelta(hours=pair[0] + pair[1])
        )
    ),
    max_size=25,
)
WISHES = st.builds(
    lambda taken, other, closed, patient, days_taken, **changes: wish(
        diary(taken=taken, closed=closed),
        diary(KIM, taken=other),
        patient=patient,
        days_taken=frozenset(MONDAY + dt.timedelta(days=n) for n in days_taken),
        **changes,
    ),
    taken=SPANS,
    other=SPANS,
    closed=SPANS,
    patient=SPANS,
    days_taken=st.sets(st.integers(0, 30), max_size=4),
    wanted=st.sampled_from(
        [MORNINGS, Wanted(45, buffer_minutes=15), replace(MORNINGS, minutes=30)]
    ),
    visits=st.integers(1, 15),
    per_week=st.integers(1, 5),
    same_therapist=st.booleans(),
    at=st.sampled_from([None, dt.time(9), dt.time(10, 20), dt.time(16, 45)]),
)


@settings(max_examples=120)
@given(wish=WISHES)
def test_any_choice_keeps_one_visit_a_day_within_hours_and_overlaps_nothing(wish):
    planned = solve(wish)

    assert [visit.position for visit in planned] == list(range(1, wish.visits + 1))
    diaries = {diary.therapist: diary for diary in wish.search.diaries}
    buffer = dt.timedelta(minutes=wish.search.wanted.buffer_minutes)
    days_of_each = []
    for visit in planned:
        offered = [visit.place] if visit.is_free else list(visit.alternatives)
        own_days = {visit.day}
        for place in offered:
            start = place.starts_at.astimezone(PORTLAND)
            end = place.ends_at.astimezone(PORTLAND)
            book = diaries[place.therapist]
            own_days.add(start.date())
            assert start.date() not in wish.days_taken
            assert start.weekday() < 5
            assert dt.time(9) <= start.time()
            assert end.time() <= dt.time(17)
            assert book.closed.is_free(place.span)
            assert wish.search.patient.is_free(place.span)
            assert book.taken.is_free(Span(place.starts_at, place.ends_at + buffer))
        days_of_each.append(own_days)
    every_day = [day for days in days_of_each for day in days]
    assert len(every_day) == len(set(every_day))


@settings(max_examples=60)
@given(wish=WISHES)
def test_what_is_free_is_spread_at_one_time_and_with_one_therapist_where_that_is_asked(wish):
    planned = solve(replace(wish, same_therapist=True))

    assert len({visit.place.therapist for visit in planned}) == 1
    assert len({visit.place.starts_at.astimezone(PORTLAND).time() for visit in planned}) == 1
    weekdays = {visit.day.weekday() for visit in planned}
    assert len(weekdays) == min(wish.per_week, wish.visits)
