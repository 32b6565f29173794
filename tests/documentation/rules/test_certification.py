"""When a plan of care is certified: both ways, what is late, and what is still to be done."""

import datetime as dt

import pytest

from documentation.rules.certification import (
    ORDER_SOURCE,
    SOURCE,
    Certification,
    Facts,
    State,
    certify,
    in_words,
)

FIRST = dt.date(2026, 3, 2)  # with 30 days to April 1
IN_TIME, LATE = dt.date(2026, 4, 1), dt.date(2026, 4, 2)
ORDER = {"order_signed_on": dt.date(2026, 2, 20)}


def state(today=FIRST, **facts) -> State:
    return certify(Facts(begins_on=FIRST, **facts), today=today).state


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"signed_on": IN_TIME}, State.SIGNED),
        ({"signed_on": LATE}, State.NO_REASON),
        ({"signed_on": LATE, "delay_reason": " "}, State.NO_REASON),
        ({"signed_on": LATE, "delay_reason": "The physician was away."}, State.SIGNED_LATE),
        ({"verbal_on": IN_TIME, "signed_on": dt.date(2026, 4, 15)}, State.SIGNED),
        ({"verbal_on": IN_TIME, "signed_on": dt.date(2026, 4, 16)}, State.NO_REASON),
        ({"verbal_on": FIRST, "signed_on": IN_TIME}, State.SIGNED),
        ({"verbal_on": LATE, "signed_on": dt.date(2026, 4, 3)}, State.NO_REASON),
    ],
)
def test_a_signature_certifies_and_a_late_one_with_its_reason(facts, expected):
    assert state(today=dt.date(2026, 5, 1), **facts) is expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({**ORDER, "sent_on": IN_TIME}, State.ON_ORDER),
        ({**ORDER, "sent_on": LATE}, State.OVERDUE),
        (ORDER, State.OVERDUE),
        ({"sent_on": FIRST}, State.OVERDUE),
        ({**ORDER, "sent_on": FIRST, "is_initial": False}, State.OVERDUE),
    ],
)
def test_an_order_on_file_certifies_an_initial_plan_that_was_sent_in_time(facts, expected):
    assert state(today=dt.date(2026, 5, 1), **facts) is expected


@pytest.mark.parametrize(
    ("begins_on", "expected"),
    [(dt.date(2024, 12, 31), State.OVERDUE), (dt.date(2025, 1, 1), State.ON_ORDER)],
)
def test_the_order_stands_for_plans_from_2025(begins_on, expected):
    facts = Facts(begins_on=begins_on, order_signed_on=begins_on, sent_on=begins_on)

    assert certify(facts, today=FIRST).state is expected


@pytest.mark.parametrize(
    ("facts", "due", "before"),
    [
        ({}, IN_TIME, State.NOT_SENT),
        ({"sent_on": FIRST}, IN_TIME, State.WAITING),
        ({"verbal_on": FIRST}, dt.date(2026, 3, 16), State.VERBAL),
        ({"verbal_on": IN_TIME}, dt.date(2026, 4, 15), State.VERBAL),
        ({"is_initial": False}, FIRST, State.NOT_SENT),
        ({"is_initial": False, "sent_on": FIRST}, FIRST, State.WAITING),
    ],
)
def test_an_unsigned_plan_has_until_its_day_and_not_a_day_longer(facts, due, before):
    on_file = Facts(begins_on=FIRST, **facts)

    assert certify(on_file, today=due) == Certification(before, due, SOURCE)
    assert certify(on_file, today=due + dt.timedelta(days=1)).state is State.OVERDUE


def test_a_renewal_signed_within_thirty_days_of_its_start_needs_no_reason():
    assert state(is_initial=False, signed_on=IN_TIME) is State.SIGNED
    assert state(is_initial=False, signed_on=LATE) is State.NO_REASON


def test_only_a_signature_or_the_order_holds():
    held = {each for each in State if Certification(each, None).holds}

    assert held == {State.SIGNED, State.SIGNED_LATE, State.ON_ORDER}
    assert certify(Facts(FIRST, sent_on=FIRST, **ORDER), today=FIRST).source == ORDER_SOURCE


@pytest.mark.parametrize(
    ("facts", "today", "words"),
    [
        ({"signed_on": FIRST}, FIRST, "Certified: signed on March 2, 2026."),
        ({}, FIRST, "Not sent. Send it, and have it signed by April 1, 2026."),
        ({"sent_on": FIRST}, FIRST, "Sent, not signed. Have it signed by April 1, 2026."),
        (
            {"signed_on": LATE},
            LATE,
            "Signed late, on April 2, 2026. Enter why, so that it counts.",
        ),
        (
            {},
            LATE,
            "Not certified: it was to be signed by April 1, 2026. A late signature counts, "
            "with its reason.",
        ),
    ],
)
def test_one_sentence_says_how_it_stands_and_what_to_do(facts, today, words):
    on_file = Facts(begins_on=FIRST, **facts)

    assert in_words(certify(on_file, today=today), on_file) == words
