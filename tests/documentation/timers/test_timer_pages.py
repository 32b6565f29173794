"""The session page tells timers to the server, and Today points out the forgotten ones."""

import uuid

import pytest
from django.urls import reverse

from documentation import timers
from documentation.models import ServiceTimer, SessionPreferences
from tests.documentation.session_pages import KEY, entry, save
from tests.documentation.timers.running import minutes_ago, on_the_page, start, typed_minutes
from tests.factories import (
    ClinicFactory,
    EpisodeFactory,
    NoteFactory,
    PatientFactory,
    TherapistFactory,
    VisitFactory,
    at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("codes")]


# --- Over the wire ------------------------------------------------------------------------------


def tell(page, visit, **event):
    return page.post(
        reverse("documentation:session-timers", args=[visit.pk]),
        event,
        content_type="application/json",
        headers={"accept": "application/json"},
    )


def test_the_page_tells_events_with_their_own_time(today, page):
    save(page, today, {"note": {}, "entries": [entry(minutes=None)]})
    key = str(uuid.uuid4())

    begun = tell(page, today, act="start", key=key, entry=KEY, code="97110", ago=900).json()
    ended = tell(page, today, act="stop", key=key, ago=60).json()

    assert begun["now"] - begun["timers"][0]["started"] == 900_000
    assert (begun["timers"][0]["stopped"], begun["built_on"], begun["version"]) == (None, 1, 1)
    assert ended["timers"][0]["stopped"] - ended["timers"][0]["started"] == 840_000
    assert (ended["built_on"], ended["version"], ended["minutes"]) == (1, 2, {KEY: 14})
    timer = ServiceTimer.objects.get()
    assert (timer.started_at, timer.start_told_at) == (at(9, 15), at(9, 30))
    assert (
        page.get(reverse("documentation:session-timers", args=[today.pk])).json()["timers"]
        == ended["timers"]
    )


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"act": "pause", "key": KEY}, "An event is a start, a stop or a discard."),
        ({"act": "start", "key": "1", "entry": KEY}, "An event names its timer"),
        ({"act": "start", "key": KEY, "entry": KEY, "code": "97110", "ago": -1}, "seconds ago"),
        ({"act": "start", "key": KEY, "entry": KEY, "code": "97110", "ago": 90_000}, "than a day"),
        ({"act": "start", "key": KEY, "entry": KEY, "code": "99999"}, "is not a code we know"),
        ({"act": "stop", "key": KEY}, "its start was refused"),
        ({"act": "start", "key": KEY, "entry": KEY, "minutes_before": 2000}, "minutes before"),
    ],
)
def test_what_no_timer_can_be_is_refused_in_words(today, page, event, words):
    answer = tell(page, today, **event)

    assert answer.status_code == 400
    assert words in answer.json()["detail"]
    assert ServiceTimer.objects.count() == 0


def test_the_refusal_names_the_other_time_and_offers_the_group(today, beside, page):
    start(beside, minutes=20)

    answer = tell(page, today, act="start", key=str(uuid.uuid4()), entry=KEY, code="97110", ago=0)

    assert answer.status_code == 409
    told = answer.json()
    assert (told["code"], told["group_code"], told["url"]) == (
        "times_overlap",
        "97150",
        beside.get_absolute_url(),
    )
    assert told["detail"] == (
        "Your one-on-one minutes with Iris Vance (97110) have been running since 9:10 am, and "
        "nobody gives two patients one-on-one care at once. Stop that timer first, or log what "
        "both did together as a group, 97150."
    )


def test_the_other_patient_stays_unnamed_to_who_may_not_see_them(today, therapist, page, client):
    elsewhere = ClinicFactory(time_zone=today.clinic.time_zone)
    hidden = VisitFactory(
        episode=EpisodeFactory(
            patient=PatientFactory(clinic=elsewhere, last_name="Vance"), therapist=therapist
        )
    )
    NoteFactory(visit=hidden)
    timers.stop(timer=start(hidden, minutes=20), at=minutes_ago(2), by=therapist.user)

    answer = tell(page, today, act="start", key=str(uuid.uuid4()), entry=KEY, code="97110", ago=600)

    told = answer.json()
    assert "Vance" not in answer.content.decode()
    assert told["url"] == ""
    assert told["detail"].startswith(
        "Your one-on-one minutes with another patient (97110) ran from 9:10 am to 9:28 am"
    )


# --- Forgotten ----------------------------------------------------------------------------------


def test_today_shows_what_runs_and_points_out_what_was_forgotten(today, page):
    start(today, minutes=25)
    url = reverse("documentation:today") + "?day=2026-03-02"
    fresh = page.get(url).content.decode()
    SessionPreferences.objects.create(user=today.therapist.user, timer_forgotten_after=20)
    old = page.get(url).content.decode()

    assert "97110, since 9:05 am" in " ".join(fresh.split())
    assert ("Forgotten?" in fresh, "Forgotten?" in old) == (False, True)


def test_a_forgotten_timer_is_stopped_at_the_time_it_should_have_been(today, page):
    on_the_page(today, entry(minutes=None))
    timer = start(today, minutes=30)

    answer = page.post(reverse("documentation:timer-stop", args=[timer.pk]), {"ended": "09:16"})

    assert answer.headers["Location"] == today.get_absolute_url()
    timer.refresh_from_db()
    assert (timer.stopped_at, timer.stop_told_at) == (at(9, 16), at(9, 30))
    assert typed_minutes(today) == {KEY: 16}


@pytest.mark.parametrize(
    ("ended", "words"),
    [("08:00", "was not running yet"), ("11:00", "still to come"), ("soon", "Write the time as")],
)
def test_a_time_at_which_it_cannot_have_ended_is_refused(today, page, ended, words):
    timer = start(today, minutes=30)

    page.post(reverse("documentation:timer-stop", args=[timer.pk]), {"ended": ended})

    timer.refresh_from_db()
    assert words in page.get(today.get_absolute_url()).content.decode()
    assert timer.is_running


def test_another_clinics_therapist_finds_no_timer(today, client):
    timer = start(today)
    client.force_login(TherapistFactory(user__clinics=[ClinicFactory()]).user)

    assert client.post(reverse("documentation:timer-stop", args=[timer.pk])).status_code == 404
    timer.refresh_from_db()
    assert timer.is_running
