"""A report is drafted from the visits since the last one, and never over what was typed."""

import datetime as dt

import pytest
from django.urls import reverse

from documentation import reports, session_content
from documentation.models import Note
from people.models import AuditEvent
from scheduling.models import Appointment
from tests.documentation.ready import log, ready_note
from tests.documentation.session_pages import sign
from tests.factories import AppointmentFactory, NoteFactory, VisitFactory, at

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def note():
    """A progress report being written, after a signed evaluation and a signed daily note."""
    note = ready_note(kind=Note.Kind.PROGRESS)
    before(note, 14, Note.Kind.EVALUATION, {"pain": {"worst": 7}})
    before(note, 7, Note.Kind.DAILY, {"pain": {"worst": 5}})
    Note.objects.filter(pk=note.pk).update(examination={"pain": {"worst": 4}})
    return note


def before(note, days, kind, examination):
    visit = VisitFactory(
        episode=note.visit.episode,
        therapist=note.visit.therapist,
        date_of_service=note.visit.date_of_service - days * DAY,
    )
    note = NoteFactory(visit=visit, kind=kind)
    log(visit, "97110", 20, narrative="Leg press 3 x 10")
    Note.objects.filter(pk=note.pk).update(examination=examination)
    sign(visit)
    return visit


def texts_of(note, kind="progress"):
    return reports.draft(visit=note.visit, kind=kind, by=note.visit.therapist.user)


def said(day):
    return f"{day:%b} {day.day}"


def test_it_speaks_of_the_visits_after_the_last_report_and_of_this_one(note):
    now = note.visit.date_of_service

    objective = texts_of(note)["note.objective"].splitlines()

    assert objective[0].startswith(
        f"2 treatment days since the last report on {said(now - 14 * DAY)}, "
        f"from {said(now - 7 * DAY)} to {said(now)}, {now.year}"
    )
    assert objective[1] == (
        "Done: Therapeutic exercise (97110) at 2 visits, 43 min in all; "
        "Neuromuscular re-education (97112) at 1 visit, 24 min in all."
    )


def test_pain_is_told_from_the_last_report_to_now(note):
    now = note.visit.date_of_service

    assert texts_of(note)["note.subjective"] == (
        f"Pain, 0 to 10. At its worst: 7 of 10 on {said(now - 14 * DAY)}, 4 of 10 on {said(now)}."
    )


def test_missed_and_canceled_appointments_of_the_period_are_counted(note):
    day = note.visit.date_of_service - 3 * DAY
    for hour, status in ((9, "no_show"), (11, "cancelled")):
        AppointmentFactory(
            patient=note.visit.patient,
            therapist=note.visit.therapist,
            starts_at=at(hour, day=day),
            status=Appointment.Status(status),
        )

    assert "1 missed visit and 1 canceled visit." in texts_of(note)["note.objective"]


def test_each_goal_is_spoken_of(note):
    goal = note.visit.episode.goals.get()

    assert goal.text in texts_of(note)["note.assessment"]


def test_a_daily_note_and_a_visit_without_a_case_have_no_report(note):
    assert texts_of(note, kind="daily") == {}

    note.visit.episode_id = None
    assert texts_of(note) == {}


def test_what_was_typed_stays():
    content = {"note": {"plan": "Mine.", "objective": " "}, "entries": []}

    filled = reports.into_empty_fields(
        content,
        {"note.plan": "Theirs.", "note.objective": "Drafted.", "note.subjective": "Pain 4."},
    )

    assert filled == {
        "note": {"plan": "Mine.", "objective": "Drafted.", "subjective": "Pain 4."},
        "entries": [],
    }


def test_the_page_gets_the_texts_and_it_is_written_down(client, note):
    client.force_login(note.visit.therapist.user)

    answer = client.post(
        reverse("documentation:report-draft", args=[note.visit.pk]), {"kind": "progress"}
    )

    assert set(answer.json()["texts"]) >= {"note.objective", "note.assessment"}
    assert AuditEvent.objects.filter(action="report.drafted", target_id=note.pk).count() == 1


def test_without_scripts_the_empty_fields_are_filled_and_saved(client, note):
    client.force_login(note.visit.therapist.user)
    visit = session_content.fresh(note.visit)
    content = session_content.content_of(visit)
    base = visit.draft.version if session_content.draft_of(visit) else 0

    client.post(
        note.visit.get_absolute_url(),
        {"base_version": base, **content["note"], "objective": "", "draft_report": "1"},
    )

    stored = Note.objects.get(pk=note.pk)
    assert stored.objective.startswith("2 treatment days since the last report")
    assert stored.plan == "Advance to head turns."


@pytest.mark.parametrize("count", [1, 3])
def test_more_visits_cost_no_more_queries(note, count, django_assert_num_queries):
    for days in range(1, count):
        before(note, days, Note.Kind.DAILY, {"pain": {"worst": 5}})
    visit = session_content.fresh(note.visit)

    with django_assert_num_queries(9):
        reports.period_of(visit)
