"""Who fits a freed time, in which order, and the reasons that are told."""

import datetime as dt
from dataclasses import replace

import pytest

from scheduling.wait_ranking import Opening, Waiting, can_take, match, ranked, window_in_words

MONDAY = dt.date(2026, 3, 2)
PRIYA, OMAR = 11, 12
OPENING = Opening(
    on=MONDAY,
    starts=dt.time(9, 30),
    minutes=45,
    clinic=1,
    therapist=PRIYA,
    therapist_name="Priya",
    discipline="PT",
    evaluates=True,
    hours_away=5,
)
PLAIN = Waiting(id=1, clinics=frozenset({1}), discipline="PT", is_evaluation=False, minutes=45)


def told(found):
    return [(reason.text, reason.is_good) for reason in found.reasons]


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, True),
        ({"clinics": frozenset({2})}, False),
        ({"clinics": frozenset({2, 1})}, True),
        ({"discipline": "OT"}, False),
        ({"minutes": 60}, False),
        ({"minutes": 30}, True),
        ({"weekdays": frozenset({0, 2})}, True),
        ({"weekdays": frozenset({1})}, False),
        ({"from_time": dt.time(9, 30)}, True),
        ({"from_time": dt.time(9, 45)}, False),
        ({"to_time": dt.time(10, 15)}, True),
        ({"to_time": dt.time(10)}, False),
        ({"to_time": dt.time(10), "minutes": 30}, True),
        ({"earliest_on": MONDAY}, True),
        ({"earliest_on": dt.date(2026, 3, 3)}, False),
        ({"latest_on": MONDAY}, True),
        ({"latest_on": dt.date(2026, 3, 1)}, False),
        ({"notice_hours": 5}, True),
        ({"notice_hours": 6}, False),
        ({"therapists": {OMAR: "Omar"}}, True),
    ],
)
def test_what_a_patient_cannot_do_keeps_them_out(changes, answer):
    assert can_take(OPENING, replace(PLAIN, **changes)) is answer


def test_an_evaluation_does_not_fit_an_assistants_time():
    evaluation = replace(PLAIN, is_evaluation=True)

    assert can_take(OPENING, evaluation)
    assert not can_take(replace(OPENING, evaluates=False), evaluation)


def test_a_time_that_has_passed_fits_nobody():
    assert not can_take(replace(OPENING, hours_away=-0.1), PLAIN)


def test_every_reason_is_told():
    entry = replace(
        PLAIN,
        to_time=dt.time(12),
        weekdays=frozenset({0}),
        therapists={PRIYA: "Priya"},
        days_waiting=12,
        urgent=True,
        authorization_ends_in=9,
    )

    assert told(match(OPENING, entry)) == [
        ("urgent", True),
        ("wants mornings", True),
        ("wants Mondays", True),
        ("prefers Priya", True),
        ("waiting 12 days", True),
        ("authorization ends in 9 days", True),
        ("fills the 45 minutes", True),
    ]


def test_what_speaks_against_is_told_too():
    entry = replace(
        PLAIN,
        minutes=30,
        therapists={OMAR: "Omar", 13: "Ida"},
        days_waiting=1,
        authorization_spent=True,
    )

    assert told(match(OPENING, entry)) == [
        ("prefers Ida or Omar", False),
        ("waiting 1 day", True),
        ("authorization is spent", False),
        ("takes 30 of 45 minutes", False),
    ]


def order(*entries):
    return [found.id for found in ranked(OPENING, entries)]


def test_urgent_comes_before_three_weeks_of_waiting_and_after_four():
    urgent = replace(PLAIN, id=1, urgent=True)

    assert order(replace(PLAIN, id=2, days_waiting=21), urgent) == [1, 2]
    assert order(urgent, replace(PLAIN, id=2, days_waiting=28)) == [2, 1]


def test_whose_therapist_it_is_comes_before_whose_it_is_not():
    other = replace(PLAIN, id=1, therapists={OMAR: "Omar"}, days_waiting=14)
    anybody = replace(PLAIN, id=2)
    hers = replace(PLAIN, id=3, therapists={PRIYA: "Priya"})

    assert order(other, anybody, hers) == [3, 2, 1]


def test_an_authorization_that_ends_soon_comes_first_but_not_one_that_ends_later():
    assert order(PLAIN, replace(PLAIN, id=2, authorization_ends_in=14)) == [2, 1]
    assert order(PLAIN, replace(PLAIN, id=2, authorization_ends_in=15)) == [1, 2]


def test_of_two_alike_the_one_who_waits_longer_comes_first():
    assert order(replace(PLAIN, id=1, days_waiting=50), replace(PLAIN, id=2, days_waiting=60)) == [
        2,
        1,
    ]


def test_who_cannot_come_is_not_in_the_list():
    assert order(replace(PLAIN, id=1, discipline="OT"), replace(PLAIN, id=2)) == [2]


@pytest.mark.parametrize(
    ("from_time", "to_time", "words"),
    [
        (None, None, "any time of day"),
        (None, dt.time(12), "mornings"),
        (dt.time(13), None, "afternoons"),
        (None, dt.time(15), "times until 3:00 pm"),
        (dt.time(9, 30), None, "times from 9:30 am"),
        (dt.time(9), dt.time(11), "9:00 am to 11:00 am"),
    ],
)
def test_a_window_reads_as_people_say_it(from_time, to_time, words):
    assert window_in_words(from_time, to_time) == words
