import datetime as dt

import pytest

from documentation.rules.session import Code
from documentation.rules.timing import Run, is_one_on_one, seems_forgotten, whole_minutes

NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def after(minutes, seconds=0):
    return NINE + dt.timedelta(minutes=minutes, seconds=seconds)


@pytest.mark.parametrize(
    ("runs", "minutes"),
    [
        ([], 0),
        ([Run(NINE, after(14, 59))], 14),
        ([Run(NINE, after(15))], 15),
        ([Run(NINE, after(7, 40)), Run(after(20), after(27, 20))], 15),  # the seconds add up
        ([Run(NINE, after(5), minutes_before=10)], 15),
        ([Run(NINE, after(5), minutes_before=-8)], 0),
        ([Run(NINE)], 30),  # still running
        ([Run(after(40))], 0),  # a clock that is ahead measures nothing
    ],
)
def test_whole_minutes_are_those_completed(runs, minutes):
    assert whole_minutes(runs, now=after(30)) == minutes


@pytest.mark.parametrize(
    ("code", "kind", "timed", "alone"),
    [
        ("97112", "treatment", True, True),
        ("97161", "evaluation", False, True),
        ("92507", "treatment", False, True),
        ("97150", "treatment", False, False),
        ("92508", "treatment", False, False),
        ("97552", "treatment", False, False),
        ("97014", "modality", False, False),
        ("97032", "modality", True, True),
    ],
)
def test_a_group_and_a_machine_leave_the_clinician_free_for_others(code, kind, timed, alone):
    assert is_one_on_one(Code(code, "", kind, timed)) is alone


def test_a_timer_seems_forgotten_once_it_has_run_for_as_long_as_the_clinician_set():
    run = Run(NINE)

    assert not seems_forgotten(run, now=after(89, 59), after_minutes=90)
    assert seems_forgotten(run, now=after(90), after_minutes=90)
    assert not seems_forgotten(Run(NINE, after(95)), now=after(120), after_minutes=90)
