"""What documentation tells scheduling: until which day a case's plans of care reach."""

import datetime as dt
import importlib

import pytest
from django.apps import apps

from documentation import cases
from scheduling import care
from scheduling.models import CareWindow
from tests.factories import EpisodeFactory, PatientFactory, PlanOfCareFactory, UserFactory

FIRST_DAY = dt.date(2026, 2, 23)


@pytest.fixture
def episode(db):
    return EpisodeFactory(started_on=FIRST_DAY)


def planned(episode, **values):
    facts = {
        "starts_on": FIRST_DAY,
        "frequency_per_week": 2,
        "duration_weeks": 8,
        "interventions": "Gait training",
    }
    return cases.add_plan(episode=episode, by=UserFactory(), **facts | values)


def told(episode):
    return care.ends_on(episode.patient, discipline="PT")


def test_a_new_plan_says_where_it_ends(episode):
    assert told(episode) is None

    planned(episode)

    assert told(episode) == dt.date(2026, 4, 19)


def test_no_plan_reaches_further_than_its_ninety_days(episode):
    planned(episode, duration_weeks=20)

    assert told(episode) == dt.date(2026, 5, 23)


def test_a_changed_plan_moves_the_end(episode):
    plan = planned(episode)

    cases.change_plan(plan=plan, by=UserFactory(), duration_weeks=4)

    assert told(episode) == dt.date(2026, 3, 22)


def test_a_plan_that_renews_the_first_carries_its_end_on(episode):
    planned(episode)

    planned(episode, starts_on=dt.date(2026, 4, 20), duration_weeks=4)

    assert told(episode) == dt.date(2026, 5, 17)
    assert CareWindow.objects.count() == 1


def test_a_discharge_ends_the_care_with_it(episode):
    planned(episode)

    cases.change_episode(episode=episode, by=UserFactory(), discharged_on=dt.date(2026, 3, 16))

    assert told(episode) == dt.date(2026, 3, 16)


def test_the_longest_case_of_the_discipline_counts_and_other_disciplines_and_patients_do_not(
    episode,
):
    planned(episode)
    planned(EpisodeFactory(patient=episode.patient, started_on=FIRST_DAY), duration_weeks=10)
    planned(
        EpisodeFactory(patient=episode.patient, discipline="OT", started_on=FIRST_DAY),
        duration_weeks=12,
    )
    planned(EpisodeFactory(patient=PatientFactory(), started_on=FIRST_DAY), duration_weeks=12)

    assert told(episode) == dt.date(2026, 5, 3)


def test_plans_that_were_there_before_are_told_by_the_migration_as_the_verbs_would(episode):
    PlanOfCareFactory(episode=episode, starts_on=FIRST_DAY, duration_weeks=20)
    PlanOfCareFactory(episode=episode, starts_on=dt.date(2026, 5, 24), duration_weeks=6)
    discharged = EpisodeFactory(started_on=FIRST_DAY, discharged_on=dt.date(2026, 3, 30))
    PlanOfCareFactory(episode=discharged, starts_on=FIRST_DAY)
    EpisodeFactory(started_on=FIRST_DAY)
    migration = importlib.import_module(
        "documentation.migrations.0007_tell_scheduling_where_plans_end"
    )

    migration.tell(apps, None)
    migration.tell(apps, None)

    assert list(CareWindow.objects.values_list("case", "patient", "discipline", "ends_on")) == [
        (episode.pk, episode.patient_id, "PT", dt.date(2026, 7, 4)),
        (discharged.pk, discharged.patient_id, "PT", dt.date(2026, 3, 30)),
    ]
