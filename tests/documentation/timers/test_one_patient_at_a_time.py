"""Two patients never share one clinician's minutes, but for a group."""

import uuid

import pytest
from django.db import DatabaseError, transaction

from documentation import timers
from tests.documentation.timers.running import OTHER_KEY, minutes_ago, start
from tests.factories import AssistantFactory, ProcedureCodeFactory, ServiceTimerFactory, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("codes")]


def test_one_on_one_minutes_with_another_patient_are_in_the_way(today, beside):
    running = start(beside, minutes=20)

    with pytest.raises(timers.TimesOverlap) as refusal:
        start(today, minutes=5)

    assert refusal.value.other == running


def test_minutes_that_ended_before_are_in_nobodys_way(today, beside):
    timers.stop(timer=start(beside, minutes=20), at=minutes_ago(5), by=today.therapist.user)

    assert start(today, minutes=5).is_running


def test_a_run_told_late_may_lie_before_one_that_runs_now(today, beside):
    start(beside, minutes=5)

    late = start(today, minutes=20, until=minutes_ago(6))
    with pytest.raises(timers.TimesOverlap):
        start(today, minutes=6, until=minutes_ago(4), key=OTHER_KEY)

    assert late.stopped_at == minutes_ago(6)


def test_a_stop_and_the_next_start_that_were_delayed_apart_share_no_second(today):
    ended = timers.stop(timer=start(today, minutes=20), at=minutes_ago(10), by=today.therapist.user)

    late = timers.start(
        visit=today,
        entry=uuid.UUID(OTHER_KEY),
        code="97110",
        at=minutes_ago(10, seconds=3),
        by=today.therapist.user,
    )

    assert late.timer.started_at == ended.timer.stopped_at


def test_a_group_is_shared_by_two_patients(today, beside):
    ProcedureCodeFactory(code="97150", timed=False, minutes_per_unit=None)
    start(beside, minutes=20, code="97150")

    assert start(today, minutes=20, code="97150").is_running


def test_the_assistants_minutes_are_not_the_therapists(today, beside, clinic, therapist):
    beside.assistant = AssistantFactory(user__clinics=[clinic], supervisor=therapist)
    beside.save(update_fields=["assistant"])
    start(beside, minutes=20, by_assistant=True)

    assert start(today, minutes=10).furnished_by == therapist
    with pytest.raises(timers.TimerRefused, match="No assistant treats"):
        start(today, by_assistant=True)


def test_the_database_itself_refuses_two_patients_at_once(today, beside):
    ServiceTimerFactory(visit=today)

    with (
        pytest.raises(DatabaseError, match="one_on_one_minutes_of_a_clinician"),
        transaction.atomic(),
    ):
        ServiceTimerFactory(visit=beside, started_at=at(9, 10))
