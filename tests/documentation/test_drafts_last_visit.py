"""What the last visit hands on to this one, and how a copy of it is pointed out."""

import datetime as dt

import pytest
from django.utils import timezone

from documentation import charting, drafts, session_content
from documentation.models import Note, TimedEntry
from tests.documentation.rules.entries import without
from tests.factories import (
    AssistantFactory,
    EpisodeFactory,
    GoalFactory,
    NoteFactory,
    ProcedureCodeFactory,
    TherapistFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def codes():
    ProcedureCodeFactory(code="97110")
    ProcedureCodeFactory(code="97112", label="Neuromuscular re-education")
    ProcedureCodeFactory(
        code="97161", label="PT evaluation", kind="evaluation", timed=False, minutes_per_unit=None
    )


def new_visit(**values):
    visit = VisitFactory(**values)
    NoteFactory(visit=visit)
    return visit


@pytest.fixture
def visit():
    return new_visit()


def sign(visit):
    Note.objects.filter(visit=visit).update(
        signed_at=timezone.now(), signed_by=visit.therapist.user, content_sha256="0" * 64
    )


def signed_before(visit, day=27, **note):
    last = VisitFactory(episode=visit.episode, date_of_service=dt.date(2026, 2, day))
    NoteFactory(visit=last, **note)
    return last


def test_the_last_visits_services_are_carried_forward_marked_and_without_the_response(visit):
    goal = GoalFactory(episode=visit.episode)
    last = signed_before(visit)
    by = last.therapist.user
    charting.record_time(
        visit=last,
        code="97112",
        minutes=15,
        details=without("course", skilled_words=""),
        goal=goal,
        by=by,
    )
    charting.record_time(visit=last, code="97110", minutes=20, narrative="Leg press", by=by)
    charting.record_service(visit=last, code="97161", minutes=30, by=by)
    sign(last)

    neuro, exercise = drafts.carried_forward(session_content.fresh(visit))

    assert (neuro["code"], neuro["minutes"], neuro["goal"]) == ("97112", 15, goal.pk)
    assert sorted(neuro["carried"]) == [
        "activities",
        "body_parts",
        "deficit",
        "goal",
        "minutes",
        "purposes",
        "skilled",
    ]
    assert "response" not in neuro["details"]
    assert (exercise["narrative"], exercise["carried"]) == ("Leg press", ["minutes", "narrative"])
    assert neuro["key"] != str(TimedEntry.objects.get(code="97112").key)


def test_a_goal_that_was_met_and_an_absent_assistants_minutes_are_not_carried(visit):
    met = GoalFactory(episode=visit.episode, met_on=dt.date(2026, 2, 27))
    assistant = AssistantFactory(supervisor=visit.therapist)
    last = signed_before(visit)
    last.assistant = assistant
    last.save(update_fields=["assistant"])
    charting.record_time(
        visit=last, code="97110", minutes=20, assistant_minutes=20, goal=met, by=assistant.user
    )
    sign(last)

    (carried,) = drafts.carried_forward(session_content.fresh(visit))

    assert (carried["goal"], carried["assistant_minutes"]) == (None, 0)


def test_only_a_signed_visit_of_the_same_case_before_this_one_is_carried(visit):
    unsigned = signed_before(visit, day=27)
    later = VisitFactory(episode=visit.episode, date_of_service=dt.date(2026, 3, 3))
    other_case = VisitFactory(
        episode=EpisodeFactory(patient=visit.patient), date_of_service=dt.date(2026, 2, 27)
    )
    for stranger in (later, other_case):
        NoteFactory(visit=stranger)
    for stranger in (unsigned, later, other_case):
        charting.record_time(visit=stranger, code="97110", minutes=20, by=visit.therapist.user)
    for stranger in (later, other_case):
        sign(stranger)

    assert drafts.carried_forward(session_content.fresh(visit)) == []


def test_a_near_copy_of_the_last_note_is_pointed_out(visit):
    words = "Held tandem stance on foam twenty seconds with contact guard and two losses of balance"
    last = signed_before(visit, assessment=words)
    charting.record_time(
        visit=last, code="97110", minutes=20, narrative="Leg press", by=last.therapist.user
    )
    Note.objects.filter(visit=last).update(assessment=words)
    sign(last)

    state = drafts.save_draft(
        visit=visit,
        content={"note": {"assessment": words + "."}},
        base_version=0,
        by=visit.therapist.user,
    )

    assert [f.message for f in state.findings if f.path == "note.assessment"] == [
        "Almost the same words as on February 27. Say what was different this time."
    ]


def test_the_first_visit_of_a_case_has_nothing_before_it():
    visit = new_visit(therapist=TherapistFactory(), episode=EpisodeFactory())

    assert drafts.last_signed(visit) is None
