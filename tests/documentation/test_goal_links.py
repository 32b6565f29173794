"""Goals linked to a measure: numbers that lead somewhere, said in words everywhere."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from documentation.models import Goal
from people.models import Role
from tests.factories import (
    MONDAY,
    EpisodeFactory,
    GoalFactory,
    MeasureResultFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def episode():
    return EpisodeFactory()


@pytest.fixture
def therapist(client, episode):
    user = UserFactory(roles=[Role.THERAPIST], clinics=[episode.patient.clinic])
    client.force_login(user)
    return user


def send(client, episode, **values):
    sent = {
        "text": "Stand safely at the sink",
        "series": "berg",
        "baseline_value": "40",
        "target_value": "50",
        "measure": "",
        "baseline": "",
        "target": "",
        "due_on": "2026-05-01",
    } | values
    return client.post(reverse("documentation:goal-new", args=[episode.pk]), sent)


def test_a_linked_goal_has_numbers_a_direction_and_the_same_in_words(client, episode, therapist):
    MeasureResultFactory(episode=episode, value=40)

    send(client, episode)

    goal = Goal.objects.get()
    assert (goal.series, goal.better, goal.baseline_value, goal.target_value) == (
        "berg",
        "higher",
        Decimal(40),
        Decimal(50),
    )
    assert goal.baseline_on == MONDAY  # the day on which 40 was measured
    assert (goal.measure, goal.baseline, goal.target) == ("Berg Balance Scale", "40 pt", "50 pt")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"baseline_value": ""}, "A goal linked to a measure needs a number."),
        ({"target_value": "57"}, "This measure goes from 0 to 56 pt."),
        ({"target_value": "40"}, "For this measure higher is better"),
        (
            {"series": "tug", "baseline_value": "12", "target_value": "20"},
            "For this measure lower is better",
        ),
        ({"series": "nonsense"}, "Select a valid choice"),
    ],
)
def test_numbers_that_lead_nowhere_are_refused_beside_their_field(
    client, episode, therapist, values, sentence
):
    response = send(client, episode, **values)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Goal.objects.exists()


def test_a_goal_in_own_words_has_no_numbers(client, episode, therapist):
    send(client, episode, series="", measure="Stairs", baseline="one flight", target="two flights")

    goal = Goal.objects.get()
    assert (goal.series, goal.baseline_value, goal.baseline_on) == ("", None, None)
    assert (goal.measure, goal.baseline) == ("Stairs", "one flight")


def linked(episode, **values):
    facts = {
        "series": "berg",
        "better": "higher",
        "baseline_value": Decimal(40),
        "baseline_on": MONDAY,
        "target_value": Decimal(50),
        "baseline": "40 pt",
        "target": "50 pt",
    }
    return GoalFactory(episode=episode, **facts | values)


def test_a_new_target_keeps_the_day_of_the_baseline_and_a_lost_link_takes_the_numbers(
    client, episode, therapist
):
    goal = linked(episode)
    address = reverse("documentation:goal", args=[goal.pk])
    sent = {
        "text": goal.text, "series": "berg", "baseline_value": "40", "target_value": "52",
        "due_on": "2026-05-01",
    }  # fmt: skip

    client.post(address, sent)
    goal.refresh_from_db()
    assert (goal.target, goal.target_value, goal.baseline_on) == ("52 pt", Decimal(52), MONDAY)

    client.post(address, sent | {"series": "", "measure": "Sink", "baseline": "", "target": ""})
    goal.refresh_from_db()
    assert (goal.series, goal.better, goal.target_value, goal.measure) == ("", "", None, "Sink")


def test_the_case_shows_progress_and_points_out_what_stalled(client, episode, therapist):
    linked(episode, text="Stand safely")
    for week, value in enumerate((44, 44, 43), start=1):
        MeasureResultFactory(
            episode=episode, value=value, taken_on=MONDAY + dt.timedelta(days=7 * week)
        )
    today = MONDAY + dt.timedelta(days=22)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("documentation.views.chart.timezone.localdate", lambda *args, **kwargs: today)
        shown = client.get(episode.get_absolute_url()).content.decode()

    assert "30 %" in shown
    assert "Stalled" in shown
    assert 'value="30"' in shown


def test_the_goal_says_how_it_stands(client, episode, therapist):
    goal = linked(episode, text="Stand safely")
    MeasureResultFactory(episode=episode, value=45, taken_on=MONDAY + dt.timedelta(days=7))

    shown = client.get(reverse("documentation:goal", args=[goal.pk])).content.decode()

    assert "Berg 45 pt on Mar 9, 50 % of the way from 40 pt to 50 pt" in shown
