"""The patient's questions: looking changes nothing, answers count once, closed links say so."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import measuring
from documentation.models import MeasureRequest, MeasureResult
from documentation.rules import measures
from people import links
from people.models import AuditEvent, PatientLink
from tests.factories import EpisodeFactory, MeasureResultFactory, UserFactory

pytestmark = pytest.mark.django_db

GOOD = {
    "psfs-activity1": "Stairs",
    "psfs-rating1": "4",
    "pain.now-total": "3",
}


@pytest.fixture
def asked():
    return measuring.ask(
        episode=EpisodeFactory(),
        series=[measures.series("psfs"), measures.series("pain.now")],
        days=7,
        by=UserFactory(),
    )


def page_of(asked):
    return reverse("documentation:measure-answer", args=[links.token_of(asked.link)])


def test_looking_shows_the_questions_in_our_words_and_changes_nothing(client, asked):
    before = (AuditEvent.objects.count(), PatientLink.objects.values().get())

    response = client.get(page_of(asked))

    shown = response.content.decode()
    assert "What is hard for you?" in shown
    assert "Pain, 0 to 10, right now" in shown
    assert (AuditEvent.objects.count(), PatientLink.objects.values().get()) == before
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_answers_are_kept_as_the_patients_and_the_link_closes(client, asked):
    response = client.post(page_of(asked), GOOD)

    assert "Thank you" in response.content.decode()
    assert [
        (row.series.key, row.said, row.origin) for row in MeasureResult.objects.order_by("pk")
    ] == [("psfs", "4 pt", "patient"), ("pain.now", "3 pt", "patient")]
    assert MeasureRequest.objects.get().answered_at is not None
    again = client.post(page_of(asked), GOOD)
    assert (again.status_code, MeasureResult.objects.count()) == (410, 2)
    assert "You have answered already" in again.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"psfs-rating1": ""}, "0 to 10."),
        ({"psfs-activity1": ""}, "Name the activity."),
        ({"pain.now-total": ""}, "Choose a number."),
        ({"pain.now-total": "12"}, "Choose a number."),
    ],
)
def test_what_is_missing_is_marked_and_nothing_is_kept(client, asked, change, sentence):
    response = client.post(page_of(asked), GOOD | change)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not MeasureResult.objects.exists()
    assert client.post(page_of(asked), GOOD).status_code == 200


def test_the_activities_of_last_time_stand_there_again(client, asked):
    MeasureResultFactory(
        episode=asked.episode, measure="psfs", value=4,
        answers={"activities": [{"name": "Carry a tray", "rating": "4"}]},
    )  # fmt: skip

    assert 'value="Carry a tray"' in client.get(page_of(asked)).content.decode()


def test_a_link_that_expired_or_was_taken_back_says_so_and_shows_nothing(client, asked):
    measuring.take_back(request=asked, by=asked.asked_by)

    response = client.get(page_of(asked))

    assert response.status_code == 410
    assert "no longer open" in response.content.decode()
    PatientLink.objects.update(
        revoked_at=None,
        made_at=timezone.now() - dt.timedelta(days=9),
        expires_at=timezone.now() - dt.timedelta(days=1),
    )
    assert client.post(page_of(asked), GOOD).status_code == 410
    assert not MeasureResult.objects.exists()


def test_an_address_nobody_made_is_not_found(client, asked):
    token = links.token_of(asked.link)

    for wrong in (token[:-1], f"9{token}", "x"):
        address = reverse("documentation:measure-answer", args=[wrong])
        assert client.get(address).status_code == 404


def test_another_kind_of_link_does_not_open_the_questions(client, asked):
    home = links.make(
        purpose=PatientLink.Purpose.HOME_PROGRAM,
        patient=asked.episode.patient,
        expires_at=timezone.now() + dt.timedelta(days=1),
        by=None,
    )

    token = links.token_of(home)
    address = reverse("documentation:measure-answer", args=[token])
    assert client.get(address).status_code == 404
