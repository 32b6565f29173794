"""Goals of a case read against its results."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from documentation import goal_progress, measuring
from documentation.models import Episode
from documentation.rules.goals import State
from tests.factories import (
    MONDAY,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    MeasureResultFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LINKED = {
    "series": "berg",
    "better": "higher",
    "measure": "Berg Balance Scale",
    "baseline": "40 pt",
    "target": "50 pt",
    "baseline_value": Decimal(40),
    "baseline_on": MONDAY,
    "target_value": Decimal(50),
}


@pytest.fixture
def episode():
    """A stroke more than half a year ago: MDC95 of the Berg is 2.7 points."""
    episode = EpisodeFactory(onset_on=MONDAY - dt.timedelta(days=300))
    EpisodeDiagnosisFactory(episode=episode)
    return episode


def measured(episode, *values, **more):
    return [
        MeasureResultFactory(
            episode=episode, taken_on=MONDAY + dt.timedelta(days=7 * week), value=value, **more
        )
        for week, value in enumerate(values, start=1)
    ]


def stands(episode, weeks=3):
    on = MONDAY + dt.timedelta(days=7 * weeks)
    return goal_progress.of_episode(Episode.objects.get(pk=episode.pk), on=on)


def test_a_goal_is_read_against_the_results_that_stand(episode):
    GoalFactory(episode=episode, text="Stand safely", **LINKED)
    _, wrong = measured(episode, 43, 54)
    measuring.withdraw(result=wrong, why="Another patient", by=UserFactory())

    (stand,) = stands(episode)

    assert stand.progress.percent == 30
    assert stand.in_words == (
        "Stand safely: Berg 43 pt on Mar 9, 30 % of the way from 40 pt to 50 pt; under way."
    )


def test_a_goal_stalls_when_gains_stay_within_the_error_that_fits_the_patient(episode):
    goal = GoalFactory(episode=episode, **LINKED)
    measured(episode, 41, 42, 42)

    assert [stand.goal for stand in goal_progress.stalled(stands(episode))] == [goal]
    episode.diagnoses.all().delete()
    assert goal_progress.stalled(stands(episode)) == []


def test_the_therapists_group_decides_over_the_diagnoses(episode):
    GoalFactory(episode=episode, **LINKED)
    measured(episode, 44, 44, 44)
    assert stands(episode)[0].progress.state is State.STALLED

    on = MONDAY + dt.timedelta(days=21)
    assert goal_progress.groups_of(episode, on=on)[0] == "stroke_chronic"
    measuring.choose_group(episode=episode, group="parkinsonism", by=UserFactory())

    fresh = Episode.objects.get(pk=episode.pk)
    assert goal_progress.groups_of(fresh, on=on) == ("parkinsonism",)


def test_other_measures_and_other_cases_do_not_count(episode):
    GoalFactory(episode=episode, **LINKED)
    measured(EpisodeFactory(), 49)
    measured(episode, 20, measure="fga")

    assert stands(episode)[0].progress.state is State.UNMEASURED


def test_goals_in_words_stand_beside_linked_ones(episode):
    GoalFactory(episode=episode, text="Climb the stairs at home", due_on=dt.date(2026, 4, 1))
    GoalFactory(episode=episode, text="Stand safely", **LINKED)

    assert [stand.in_words for stand in stands(episode)] == [
        "Climb the stairs at home: not measured by a number.",
        "Stand safely: Berg 40 pt to 50 pt, not measured since.",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_goals_and_results(episode, django_assert_num_queries, count):
    for _ in range(count):
        GoalFactory(episode=episode, **LINKED)
    measured(episode, *[41] * count)
    episode = Episode.objects.select_related("patient", "case_group").get(pk=episode.pk)

    with django_assert_num_queries(3):  # goals, results, diagnoses
        found = goal_progress.of_episode(episode, on=MONDAY + dt.timedelta(days=60))

    assert len(found) == count


@pytest.mark.parametrize(
    "wrong",
    [
        {"target_value": Decimal(40)},
        {"better": "lower"},
        {"better": ""},
        {"baseline_value": None},
        {"baseline_on": None},
        {"series": ""},
    ],
)
def test_the_database_refuses_a_linked_goal_that_leads_nowhere(episode, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalFactory(episode=episode, **LINKED | wrong)
