"""The forms of a case: its diagnoses, its goals, its plans of care."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation.forms import arranged
from documentation.models import Episode, Goal, PlanOfCare
from tests.documentation.ready import therapist_at
from tests.factories import (
    ClinicFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    PatientFactory,
    ReferringProviderFactory,
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


# --- Opening and changing a case ----------------------------------------------------------------


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
        "amount_per_day": "1",
        "interventions": "Gait training",
    }

    page.post(url("plan-new", episode.pk), values)
    plan = PlanOfCare.objects.get()
    evidence = {
        "sent_on": "2026-02-24",
        "sent_proof": "Fax receipt 88",
        "signed_on": "2026-03-01",
        "signed_by_name": "Dr. Chen",
        "signed_proof": "Signed fax, in the chart",
    }
    page.post(url("plan", plan.pk), values | evidence)

    plan.refresh_from_db()
    assert (plan.created_by, plan.sent_on, plan.signed_on) == (
        therapist.user,
        dt.date(2026, 2, 24),
        dt.date(2026, 3, 1),
    )
    shown = text_of(page.get(url("plan", plan.pk)))
    assert "Apr 19, 2026" in shown
    assert "Certified: signed on March 1, 2026." in shown


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
        "amount_per_day": "1",
        "interventions": "Gait training",
    }

    response = page.post(url("plan-new", episode.pk), values | {field: value})

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in text_of(response)
    assert not PlanOfCare.objects.exists()
