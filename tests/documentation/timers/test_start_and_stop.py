"""Timers are events the server keeps: who closes the tab loses nothing."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from documentation import charting, timers
from documentation.models import Draft, ServiceTimer, TimedEntry
from people.models import AuditEvent
from tests.documentation.session_pages import KEY, entry, sign
from tests.documentation.timers.running import (
    OTHER_KEY,
    minutes_ago,
    on_the_page,
    start,
    typed_minutes,
)
from tests.factories import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("codes")]

ENTRY = uuid.UUID(KEY)


def test_stopping_writes_the_minutes_of_the_card_onto_the_page_and_into_its_row(today):
    on_the_page(today, entry(minutes=None))
    timer = start(today, minutes=12)

    outcome = timers.stop(timer=timer, by=today.therapist.user)

    assert (outcome.built_on, outcome.version) == (1, 2)
    assert typed_minutes(today) == {KEY: 12}
    assert TimedEntry.objects.get().minutes == 12
    told = AuditEvent.objects.filter(action__startswith="timer").order_by("pk")
    assert [event.action for event in told] == ["timer.started", "timer.stopped"]


def test_what_a_card_said_before_its_timer_stays_and_is_added_to(today):
    on_the_page(today, entry(minutes=10))

    timers.stop(timer=start(today, minutes=5, minutes_before=10), by=today.therapist.user)

    assert typed_minutes(today) == {KEY: 15}


def test_carried_minutes_are_this_visits_once_they_were_measured(today):
    on_the_page(today, entry(minutes=20, carried=["minutes", "goal"]))

    timers.stop(timer=start(today, minutes=9), by=today.therapist.user)

    assert Draft.objects.get().content["entries"][0] == entry(minutes=9, carried=["goal"])


def test_the_next_card_stops_the_one_before_it_at_the_same_moment(today):
    on_the_page(today, entry(minutes=None), entry(code="97112", minutes=None, key=OTHER_KEY))
    first = start(today, minutes=20)

    second = start(today, minutes=8, key=OTHER_KEY, code="97112")

    first.refresh_from_db()
    assert (first.stopped_at, second.stopped_at) == (second.started_at, None)
    assert typed_minutes(today) == {KEY: 12, OTHER_KEY: None}


def test_an_event_told_twice_counts_once(today):
    on_the_page(today, entry(minutes=None))
    timer = start(today, minutes=6)
    again = timers.start(
        visit=today, entry=ENTRY, code="97110", key=timer.key, by=today.therapist.user
    ).timer
    timers.stop(timer=timer, by=today.therapist.user, at=minutes_ago(1))
    timers.stop(timer=timer, by=today.therapist.user)

    assert again == timer
    assert typed_minutes(today) == {KEY: 5}


def test_one_started_by_mistake_measures_nothing_and_is_kept(today):
    on_the_page(today, entry(minutes=None))

    timers.discard(timer=start(today), by=today.therapist.user)

    assert typed_minutes(today) == {KEY: None}
    assert ServiceTimer.objects.get().discarded_at == at(9, 30)


def test_a_timer_of_another_day_is_refused(visit, therapist):
    with pytest.raises(timers.TimerRefused, match="runs on the day of the visit"):
        timers.start(visit=visit, entry=ENTRY, code="97110", by=therapist.user)


def test_a_signed_visit_starts_and_stops_nothing(today):
    sign(today)

    with pytest.raises(charting.AlreadySigned):
        start(today)
    assert ServiceTimer.objects.count() == 0


def test_a_running_timer_blocks_signing_at_its_card(today):
    on_the_page(today, entry(minutes=20))
    timer = start(today)

    running = [f for f in charting.missing_for_signing(today) if "timer" in f.message]
    timers.stop(timer=timer, by=today.therapist.user)

    assert [(f.path, f.message) for f in running] == [
        (f"entries.{KEY}.minutes", "The timer still runs: stop it.")
    ]
    assert not [f for f in charting.missing_for_signing(today) if "timer" in f.message]


def test_a_timer_whose_card_was_removed_is_named_too(today):
    start(today)

    assert "The timer of a service that was removed still runs: stop it." in [
        finding.message for finding in charting.missing_for_signing(today)
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE documentation_servicetimer SET started_at = started_at - interval '1 hour'",
         "what a timer told never changes"),
        ("UPDATE documentation_servicetimer SET stopped_at = now()",
         "what a timer told never changes"),
        ("DELETE FROM documentation_servicetimer", "is not deleted"),
    ],
)  # fmt: skip
def test_what_a_timer_told_is_kept(today, change, words):
    timers.stop(timer=start(today), by=today.therapist.user)

    with (
        pytest.raises(DatabaseError, match=words),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
