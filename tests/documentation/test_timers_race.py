"""Tablets that start one therapist's timer for different patients at the same moment.

The control takes the lock and the constraint away, and the therapist treats several at once.
"""

import uuid
from collections import Counter
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from documentation import timers
from documentation.models import ServiceTimer
from people.models import Therapist
from tests.at_once import Meeting, all_at_once
from tests.factories import (
    ClinicFactory,
    EpisodeFactory,
    NoteFactory,
    PatientFactory,
    ProcedureCodeFactory,
    TherapistFactory,
    VisitFactory,
)

TABLETS = 6
pytestmark = pytest.mark.django_db(transaction=True)


def start_all_at_once():
    clinic = ClinicFactory()
    therapist = TherapistFactory(user__clinics=[clinic])
    ProcedureCodeFactory(code="97110")
    visits = []
    for _ in range(TABLETS):
        visit = VisitFactory(
            episode=EpisodeFactory(patient=PatientFactory(clinic=clinic), therapist=therapist),
            date_of_service=timezone.localdate(timezone=clinic.zone),
        )
        NoteFactory(visit=visit)
        visits.append(visit)

    def start(visit):
        timers.start(visit=visit, entry=uuid.uuid4(), code="97110", by=therapist.user)
        return "started"

    return Counter(
        all_at_once([partial(start, visit) for visit in visits], told=(timers.TimesOverlap,))
    )


def meet_after_looking(monkeypatch, meeting):
    monkeypatch.setattr(timers, "_in_the_way", meeting.after(timers._in_the_way))


@pytest.fixture
def without_constraint(transactional_db):
    """The exclusion constraint is gone for this test, and back after it."""
    [constraint] = [
        constraint
        for constraint in ServiceTimer._meta.constraints
        if constraint.name == "one_on_one_minutes_of_a_clinician_are_of_one_patient"
    ]
    with connection.schema_editor() as editor:
        editor.remove_constraint(ServiceTimer, constraint)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE documentation_servicetimer")
    with connection.schema_editor() as editor:
        editor.add_constraint(ServiceTimer, constraint)


@pytest.fixture
def without_lock(monkeypatch):
    monkeypatch.setattr(
        Therapist.objects, "select_for_update", lambda **_options: Therapist.objects.all()
    )


def test_of_six_tablets_one_starts_and_five_are_told_who_is_treated():
    assert start_all_at_once() == {"started": 1, "TimesOverlap": TABLETS - 1}
    assert ServiceTimer.objects.count() == 1


def test_the_lock_alone_keeps_them_apart(monkeypatch, without_constraint):
    """Everybody waits a moment between looking and writing, so that looking early is costly."""
    meet_after_looking(monkeypatch, Meeting(patience=0.1))

    assert start_all_at_once() == {"started": 1, "TimesOverlap": TABLETS - 1}


def test_the_constraint_alone_tells_a_writer_without_the_lock(without_lock, monkeypatch):
    """Two writers at most: more would end as a deadlock, which is what the lock is for."""
    monkeypatch.setattr("tests.documentation.test_timers_race.TABLETS", 1)
    assert start_all_at_once() == {"started": 1}
    running = ServiceTimer.objects.get()
    look = timers._in_the_way
    answers = iter([None])
    monkeypatch.setattr(timers, "_in_the_way", lambda timer: next(answers, look(timer)))
    visit = VisitFactory(
        episode=EpisodeFactory(
            patient=PatientFactory(clinic=running.visit.clinic), therapist=running.furnished_by
        ),
        date_of_service=running.visit.date_of_service,
    )
    NoteFactory(visit=visit)

    with pytest.raises(timers.TimesOverlap) as refusal:
        timers.start(visit=visit, entry=uuid.uuid4(), code="97110", by=running.started_by)

    assert refusal.value.other == running


def test_without_lock_and_constraint_the_same_tablets_treat_several_patients_at_once(
    monkeypatch, without_lock, without_constraint
):
    meet_after_looking(monkeypatch, Meeting())

    answers = start_all_at_once()

    assert answers["started"] > 1
    assert ServiceTimer.objects.running().count() == answers["started"]
