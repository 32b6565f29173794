"""The chart: cases with their plans and goals, visits with how their notes stand; and its forms."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation.forms import arranged
from documentation.models import Episode, Goal, PlanOfCare
from people.models import AuditEvent, Role
from tests.documentation.ready import ready_note, sign, therapist_at
from tests.factories import (
    ClinicFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    NoteFactory,
    PatientFactory,
    PlanOfCareFactory,
    ReferringProviderFactory,
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
    ("started", "weeks", "said"),
    [(0, 8, "56 days left"), (50, 8, "5 days left"), (60, 8, "ended")],
)
def test_the_plan_in_force_says_how_long_it_stands(page, patient, therapist, started, weeks, said):
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
    assert "Not sent yet." in text


def test_a_running_case_without_a_plan_is_pointed_out_and_a_closed_one_is_not(
    page, patient, therapist
):
    EpisodeFactory(patient=patient, therapist=therapist)
    warned = text_of(page.get(url("chart", patient.pk)))
    Episode.objects.update(discharged_on=dt.date(2026, 3, 1))
    closed = text_of(page.get(url("chart", patient.pk)))

    assert "No plan of care." in warned
    assert "No plan of care." not in closed


def form_values(patient, therapist, **more):
    return {
        "title": "Left knee",
        "discipline": "PT",
        "clinic": patient.clinic_id,
        "therapist": therapist.pk,
        "started_on": "2026-03-02",
        "diagnoses": ["M25.562"],
    } | more


def test_a_case_is_opened_with_its_diagnoses(page, patient, therapist):
    response = page.post(
        url("episode-new", patient.pk),
        form_values(patient, therapist, diagnoses=["M25.562", "R26.81"]),
    )

    episode = Episode.objects.get()
    assert (response.status_code, response["Location"]) == (303, url("episode", episode.pk))
    assert list(episode.diagnoses.values_list("code", flat=True)) == ["M25.562", "R26.81"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"diagnoses": []}, "A case needs at least one diagnosis."),
        ({"diagnoses": ["M25.56"]}, "is a heading: choose a code beneath it."),
        ({"diagnoses": ["Zoë"]}, "There is no ICD-10-CM code ZO."),
        ({"onset_on": "2026-03-03"}, "The onset lies after the first treatment."),
        ({"started_on": "soon"}, "Enter a valid date."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_that_was_typed_is_lost(
    page, patient, therapist, wrong, said
):
    values = form_values(patient, therapist, precautions="No impact.") | wrong

    response = page.post(url("episode-new", patient.pk), values)

    text = text_of(response)
    assert response.status_code == 422
    assert said in text
    assert "No impact." in text
    assert not Episode.objects.exists()


def test_a_case_cannot_be_put_into_a_clinic_one_does_not_work_in(page, patient, therapist):
    values = form_values(patient, therapist, clinic=ClinicFactory().pk)

    assert page.post(url("episode-new", patient.pk), values).status_code == 422


def test_a_case_is_changed_and_a_stale_page_does_not_undo_what_others_wrote(
    page, patient, therapist
):
    episode = EpisodeFactory(patient=patient, therapist=therapist, precautions="Old.")
    EpisodeDiagnosisFactory(episode=episode)
    Episode.objects.update(precautions="Written by somebody else.")

    response = page.post(
        url("episode-edit", episode.pk),
        form_values(
            patient,
            therapist,
            started_on=str(episode.started_on),
            title="Gait after stroke",
            precautions="Old.",
            diagnoses=["I69.354"],
            **{"initial-precautions": "Old.", "initial-title": episode.title},
        ),
    )

    episode.refresh_from_db()
    assert response.status_code == 303
    assert (episode.title, episode.precautions) == (
        "Gait after stroke",
        "Written by somebody else.",
    )


def test_a_case_keeps_a_therapist_and_a_referrer_who_have_left(page, patient, therapist):
    episode = EpisodeFactory(patient=patient)
    EpisodeDiagnosisFactory(episode=episode)
    left, referrer = episode.therapist, episode.referring_provider
    for row in (left, referrer):
        type(row).objects.filter(pk=row.pk).update(is_active=False)

    response = page.post(
        url("episode-edit", episode.pk),
        form_values(patient, left, referring_provider=referrer.pk, diagnoses=["I69.354"]),
    )

    episode.refresh_from_db()
    assert response.status_code == 303
    assert (episode.title, episode.therapist, episode.referring_provider) == (
        "Left knee",
        left,
        referrer,
    )


# --- Choosing diagnoses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "after"),
    [
        ("add R26.81", ["I69.354", "M62.81", "R26.81"]),
        ("add M62.81", ["I69.354", "M62.81"]),
        ("remove I69.354", ["M62.81"]),
        ("down I69.354", ["M62.81", "I69.354"]),
        ("up M62.81", ["M62.81", "I69.354"]),
        ("up I69.354", ["I69.354", "M62.81"]),
        ("down M62.81", ["I69.354", "M62.81"]),
        ("up Z99.9", ["I69.354", "M62.81"]),
        ("find", ["I69.354", "M62.81"]),
        ("", ["I69.354", "M62.81"]),
        ("explode I69.354", ["I69.354", "M62.81"]),
    ],
)
def test_a_press_on_one_of_the_pickers_buttons(act, after):
    assert arranged(["I69.354", "M62.81"], act) == after


def test_the_search_answers_with_rows_that_add_themselves(page):
    response = page.post(
        url("diagnoses"), {"find": "unsteadiness", "find_only": "1"}, headers={"HX-Request": "true"}
    )

    text = text_of(response)
    assert 'name="arrange" value="add R26.81"' in text
    assert "<html" not in text


def test_a_chosen_code_moves_into_the_list_and_out_of_what_was_found(page):
    response = page.post(
        url("diagnoses"), {"find": "unsteadiness", "arrange": "add R26.81", "diagnoses": "I69.354"}
    )

    text = text_of(response)
    assert 'name="diagnoses" value="I69.354"' in text
    assert 'name="diagnoses" value="R26.81"' in text
    assert "add R26.81" not in text


def test_without_a_script_the_form_comes_back_arranged_and_nothing_is_saved(
    page, patient, therapist
):
    values = form_values(patient, therapist, title="", diagnoses=["M25.562", "R26.81"])

    response = page.post(
        url("episode-new", patient.pk), values | {"arrange": "up R26.81", "find": ""}
    )

    text = text_of(response)
    assert response.status_code == 200
    assert text.index('value="R26.81"') < text.index('value="M25.562"')
    assert "This field is required." not in text
    assert not Episode.objects.exists()


# --- Goals and plans ----------------------------------------------------------------------------


def test_a_goal_is_added_and_later_met(page, patient, therapist):
    episode = EpisodeFactory(patient=patient, therapist=therapist)

    added = page.post(
        url("goal-new", episode.pk),
        {"text": "Climb 12 steps", "measure": "steps", "target": "12", "due_on": "2026-05-01"},
    )
    goal = Goal.objects.get()
    page.post(
        url("goal", goal.pk),
        {
            "text": "Climb 12 steps",
            "measure": "steps",
            "target": "12",
            "due_on": "2026-05-01",
            "met_on": "2026-04-20",
        },
    )

    goal.refresh_from_db()
    assert added["Location"] == url("episode", episode.pk)
    assert (goal.text, goal.met_on) == ("Climb 12 steps", dt.date(2026, 4, 20))


def test_a_plan_is_written_and_its_certification_recorded(page, patient, therapist):
    episode = EpisodeFactory(
        patient=patient, therapist=therapist, referring_provider=ReferringProviderFactory()
    )
    values = {
        "starts_on": "2026-02-23",
        "frequency_per_week": "2",
        "duration_weeks": "8",
        "interventions": "Gait training",
    }

    page.post(url("plan-new", episode.pk), values)
    plan = PlanOfCare.objects.get()
    page.post(url("plan", plan.pk), values | {"sent_on": "2026-02-24", "signed_on": "2026-03-01"})

    plan.refresh_from_db()
    assert (plan.created_by, plan.sent_on, plan.signed_on) == (
        therapist.user,
        dt.date(2026, 2, 24),
        dt.date(2026, 3, 1),
    )
    assert "Apr 19, 2026" in text_of(page.get(url("plan", plan.pk)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("frequency_per_week", "0"),
        ("frequency_per_week", "8"),
        ("duration_weeks", "-1"),
        ("duration_weeks", "53"),
        ("duration_weeks", "eight"),
        ("interventions", " "),
    ],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(page, patient, therapist, field, value):
    episode = EpisodeFactory(patient=patient, therapist=therapist)
    values = {
        "starts_on": "2026-02-23",
        "frequency_per_week": "2",
        "duration_weeks": "8",
        "interventions": "Gait training",
    }

    response = page.post(url("plan-new", episode.pk), values | {field: value})

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in text_of(response)
    assert not PlanOfCare.objects.exists()
