"""Results over the API: the same verbs, the same refusals."""

import pytest
from rest_framework.test import APIClient

from documentation.models import MeasureResult
from people.models import Role
from tests.factories import EpisodeFactory, MeasureResultFactory, NoteFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/api/v1/measure-results/"


@pytest.fixture
def episode():
    return EpisodeFactory()


@pytest.fixture
def api(episode):
    client = APIClient()
    client.force_authenticate(UserFactory(roles=[Role.THERAPIST], clinics=[episode.patient.clinic]))
    return client


def sent(episode, **values):
    told = {"episode": episode.pk, "series": "berg", "taken_on": "2026-03-02"}
    return told | {"answers": {"total": 44}} | values


def test_a_result_is_kept_scored_and_read_again(api, episode):
    answer = api.post(
        LIST,
        sent(episode, series="10mwt.fast", answers={"distance": 10, "trials": [8, "8"]}),
        format="json",
    )

    assert answer.status_code == 201
    kept = api.get(f"{LIST}{answer.json()['id']}/").json()
    assert {name: kept[name] for name in ("series", "value", "unit", "better", "stands")} == {
        "series": "10mwt.fast",
        "value": "1.250",
        "unit": "m/s",
        "better": "higher",
        "stands": True,
    }


def test_the_same_result_twice_is_one(api, episode):
    first, second = (api.post(LIST, sent(episode), format="json").json() for _ in range(2))

    assert first["id"] == second["id"]


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"answers": {"total": 57}}, {"total": ["This measure goes from 0 to 56 pt."]}),
        ({"answers": {"items": [9] * 14}}, None),
        ({"series": "nonsense"}, None),
        ({"special": "unable"}, {"special": ["This measure has no such outcome."]}),
    ],
)
def test_what_cannot_be_scored_is_refused_by_field(api, episode, values, problems):
    answer = api.post(LIST, sent(episode, **values), format="json")

    assert answer.status_code == 400
    assert problems is None or problems.items() <= answer.json()["errors"].items()
    assert not MeasureResult.objects.exists()


def test_a_correction_is_a_later_result_and_a_second_one_is_refused(api, episode):
    wrong = MeasureResultFactory(episode=episode, value=54)
    body = sent(episode, answers={"total": 45}, why="Typed")
    body.pop("episode")

    answer = api.post(f"{LIST}{wrong.pk}/correct/", body, format="json")
    again = api.post(f"{LIST}{wrong.pk}/withdraw/", {"why": "Again"}, format="json")

    assert (answer.status_code, answer.json()["corrects"]) == (201, wrong.pk)
    assert (again.status_code, again.json()["code"]) == (409, "already_corrected")
    assert api.get(f"{LIST}{wrong.pk}/").json()["stands"] is False


def test_a_signed_visit_takes_no_more(api, episode):
    note = NoteFactory(
        visit__episode=episode,
        signed_by=UserFactory(),
        signed_at="2026-03-02T18:00Z",
        content_sha256="x",
    )

    answer = api.post(LIST, sent(episode, visit=note.visit.pk), format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "already_signed")


def test_a_list_is_narrowed_to_a_patient_and_hides_other_clinics(api, episode):
    here = MeasureResultFactory(episode=episode)
    MeasureResultFactory()

    every = api.get(LIST).json()
    of_patient = api.get(f"{LIST}?patient={episode.patient_id}").json()

    assert [row["id"] for row in every["results"]] == [here.pk]
    assert of_patient["results"] == every["results"]
