"""The flowsheet stands in the chart and beside the session, for whoever may see the case."""

import datetime as dt

import pytest
from django.urls import reverse

from documentation.flowsheets import flowsheet
from tests.documentation.ready import log, ready_note
from tests.factories import NoteFactory, UserFactory, VisitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def note():
    return ready_note()


def more_visits(note, count):
    for days in range(1, count + 1):
        visit = VisitFactory(
            episode=note.visit.episode,
            therapist=note.visit.therapist,
            date_of_service=note.visit.date_of_service - dt.timedelta(days=days),
        )
        NoteFactory(visit=visit)
        log(visit, "97110", 20, narrative="Leg press 3 x 10")


def test_the_newest_visits_stand_last_and_the_rest_is_counted(note):
    more_visits(note, 3)

    sheet = flowsheet(note.visit.episode, user=note.visit.therapist.user, most=2)

    day = note.visit.date_of_service
    assert [each.on for each in sheet.days] == [day - dt.timedelta(days=1), day]
    assert sheet.earlier == 2


def test_the_page_and_the_panel_beside_the_session_name_the_exercises(client, note):
    more_visits(note, 1)
    client.force_login(note.visit.therapist.user)

    for address in (
        reverse("documentation:flowsheet", args=[note.visit.episode_id]),
        reverse("documentation:flowsheet-panel", args=[note.visit.patient_id]),
    ):
        assert "Leg press" in client.get(address).content.decode()


def test_a_case_without_a_service_says_so(client, note):
    note.visit.timed_entries.all().delete()
    client.force_login(note.visit.therapist.user)

    page = client.get(reverse("documentation:flowsheet", args=[note.visit.episode_id]))

    assert "Nothing was done yet" in page.content.decode()


def test_another_clinics_visits_are_not_on_the_sheet(note):
    stranger = UserFactory(roles=["therapist"])

    assert flowsheet(note.visit.episode, user=stranger, most=5).days == []


@pytest.mark.parametrize("count", [1, 3])
def test_more_visits_cost_no_more_queries(note, count, django_assert_num_queries):
    more_visits(note, count)

    with django_assert_num_queries(5):
        flowsheet(note.visit.episode, user=note.visit.therapist.user, most=12)
