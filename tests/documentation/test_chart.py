"""The chart and the page of a case: what they show, to whom, and what that costs."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation.models import Episode
from people.models import AuditEvent, Role
from tests.documentation.ready import ready_note, sign, therapist_at
from tests.factories import (
    ClinicFactory,
    EpisodeFactory,
    GoalFactory,
    NoteFactory,
    PatientFactory,
    PlanOfCareFactory,
    TimedEntryFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory(clinic=ClinicFactory(name="Riverside"))


@pytest.fixture
def therapist(patient):
    return therapist_at(patient.clinic, first_name="Maria", last_name="Lopez")


@pytest.fixture
def page(client, therapist):
    client.force_login(therapist.user)
    return client


def url(name, *args):
    return reverse(f"documentation:{name}", args=args)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def today(patient) -> dt.date:
    return timezone.localdate(timezone=patient.clinic.zone)


# --- The chart ----------------------------------------------------------------------------------


def test_the_chart_shows_cases_with_their_plan_and_visits_with_the_state_of_their_notes(client):
    note = ready_note(by_assistant=True)
    episode = note.visit.episode
    signed = ready_note(patient=note.visit.patient)
    sign(signed)
    sign(note, by=note.visit.assistant.user)
    NoteFactory(visit=VisitFactory(episode=episode))
    client.force_login(note.visit.therapist.user)

    response = client.get(url("chart", note.visit.patient_id))

    text = text_of(response)
    for shown in (
        "Balance after stroke",
        "I69.354",
        "2 × a week, 8 weeks; ended Apr 19, 2026.",
        "0 of 1 goals met",
        ">Signed<",
        ">Waits for co-signature<",
        ">Not signed<",
        '97112 <span class="faint">24 min</span>',
    ):
        assert shown in text, shown
    assert AuditEvent.objects.latest("pk").action == "patient.viewed"


def test_a_patient_without_a_case_is_offered_one(page, patient):
    text = text_of(page.get(url("chart", patient.pk)))

    assert "No case yet" in text
    assert f'href="{url("episode-new", patient.pk)}"' in text
    assert "No visits yet" in text


def test_a_biller_reads_the_chart_and_is_offered_nothing_to_write(client, patient):
    episode = EpisodeFactory(patient=patient)
    client.force_login(UserFactory(roles=[Role.BILLER]))

    chart = text_of(client.get(url("chart", patient.pk)))
    case = text_of(client.get(url("episode", episode.pk)))

    for text in (chart, case):
        assert "New case" not in text
        assert "Edit case" not in text
        assert "Add a goal" not in text
    assert client.get(url("episode-edit", episode.pk)).status_code == 403


def test_the_chart_of_another_clinics_patient_does_not_exist(page):
    other = EpisodeFactory()
    goal, plan = GoalFactory(episode=other), PlanOfCareFactory(episode=other)

    for address in (
        url("chart", other.patient_id),
        url("episode-new", other.patient_id),
        url("episode", other.pk),
        url("episode-edit", other.pk),
        url("goal-new", other.pk),
        url("goal", goal.pk),
        url("plan-new", other.pk),
        url("plan", plan.pk),
    ):
        assert page.get(address).status_code == 404, address


@pytest.mark.parametrize("visits", [1, 12])
def test_the_chart_costs_the_same_queries_for_any_number_of_visits(
    page, patient, therapist, django_assert_max_num_queries, visits
):
    episode = EpisodeFactory(patient=patient, therapist=therapist)
    for number in range(visits):
        visit = VisitFactory(episode=episode, date_of_service=dt.date(2026, 3, 1 + number))
        NoteFactory(visit=visit)
        TimedEntryFactory(visit=visit)

    with django_assert_max_num_queries(17):
        response = page.get(url("chart", patient.pk))

    assert text_of(response).count("Daily note") == visits


def test_visits_are_turned_over_25_at_a_time(page, patient, therapist):
    episode = EpisodeFactory(patient=patient, therapist=therapist)
    for number in range(27):
        visit = VisitFactory(
            episode=episode, date_of_service=dt.date(2026, 1, 1) + dt.timedelta(days=number)
        )
        NoteFactory(visit=visit)

    second = page.get(url("chart", patient.pk), {"page": "2"})

    assert text_of(second).count("Daily note") == 2


# --- The case -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("started", "weeks", "said", "certified"),
    [
        (0, 8, "56 days left", "Not sent. Send it, and have it signed by"),
        (50, 8, "5 days left", "Not certified: it was to be signed by"),
        (60, 8, "ended", "Not certified: it was to be signed by"),
    ],
)
def test_the_plan_in_force_says_how_long_it_stands_and_whether_it_is_certified(
    page, patient, therapist, started, weeks, said, certified
):
    day = today(patient)
    episode = EpisodeFactory(
        patient=patient, therapist=therapist, started_on=day - dt.timedelta(days=started)
    )
    PlanOfCareFactory(episode=episode, starts_on=episode.started_on, duration_weeks=weeks)

    text = text_of(page.get(url("episode", episode.pk)))

    if said == "56 days left":
        assert "(55 days left)" in text  # today is the first of the 56
    else:
        assert said in text
    assert certified in text


def test_a_running_case_without_a_plan_is_pointed_out_and_a_closed_one_is_not(
    page, patient, therapist
):
    EpisodeFactory(patient=patient, therapist=therapist)
    warned = text_of(page.get(url("chart", patient.pk)))
    Episode.objects.update(discharged_on=dt.date(2026, 3, 1))
    closed = text_of(page.get(url("chart", patient.pk)))

    assert "No plan of care." in warned
    assert "No plan of care." not in closed
