"""Timers are events the server keeps: who closes the tab loses nothing, and two patients never
share one clinician's minutes."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from documentation import charting, drafts, timers
from documentation.models import Draft, ServiceTimer, SessionPreferences, TimedEntry
from people.models import AuditEvent
from tests.documentation.session_pages import KEY, entry, save, sign
from tests.factories import (
    AssistantFactory,
    ClinicFactory,
    EpisodeFactory,
    NoteFactory,
    PatientFactory,
    ProcedureCodeFactory,
    ServiceTimerFactory,
    TherapistFactory,
    VisitFactory,
    at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("codes")]
OTHER_KEY = "0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0002"
ENTRY = uuid.UUID(KEY)


def minutes_ago(minutes, seconds=0):
    return timezone.now() - dt.timedelta(minutes=minutes, seconds=seconds)


@pytest.fixture
def today(visit, monkeypatch):
    """It is half past nine on the day of the visit."""
    monkeypatch.setattr(timezone, "now", lambda: at(9, 30))
    return visit


@pytest.fixture
def beside(today, therapist):
    """Another patient's visit with the same therapist."""
    other = VisitFactory(
        episode=EpisodeFactory(
            patient=PatientFactory(
                clinic=today.clinic, first_name="Iris", middle_name="", last_name="Vance"
            ),
            therapist=therapist,
        )
    )
    NoteFactory(visit=other)
    return other


def start(visit, minutes=10, key=KEY, code="97110", **values):
    return timers.start(
        visit=visit,
        entry=uuid.UUID(key),
        code=code,
        at=minutes_ago(minutes),
        by=visit.therapist.user,
        **values,
    ).timer


def on_the_page(visit, *entries):
    drafts.save_draft(
        visit=visit,
        content={"note": {}, "entries": list(entries)},
        base_version=0,
        by=visit.therapist.user,
    )


def typed_minutes(visit):
    return {
        row["key"]: row.get("minutes") for row in Draft.objects.get(visit=visit).content["entries"]
    }


# --- Start, stop --------------------------------------------------------------------------------


def test_stopping_writes_the_minutes_of_the_card_onto_the_page_and_into_its_row(today):
    on_the_page(today, entry(minutes=None))
    timer = start(today, minutes=12)

    outcome = timers.stop(timer=timer, by=today.therapist.user)

    assert (outcome.built_on, outcome.version) == (1, 2)
    assert typed_minutes(today) == {KEY: 12}
    assert TimedEntry.objects.get().minutes == 12
    told = AuditEvent.objects.filter(action__startswith="timer").order_by("pk")
    assert [event.action for event in told] == ["timer.started", "timer.stopped"]


def test_what_a_card_said_before_its_timer_stays_and_is_added_to(today):
    on_the_page(today, entry(minutes=10))

    timers.stop(timer=start(today, minutes=5, minutes_before=10), by=today.therapist.user)

    assert typed_minutes(today) == {KEY: 15}


def test_carried_minutes_are_this_visits_once_they_were_measured(today):
    on_the_page(today, entry(minutes=20, carried=["minutes", "goal"]))

    timers.stop(timer=start(today, minutes=9), by=today.therapist.user)

    assert Draft.objects.get().content["entries"][0] == entry(minutes=9, carried=["goal"])


def test_the_next_card_stops_the_one_before_it_at_the_same_moment(today):
    on_the_page(today, entry(minutes=None), entry(code="97112", minutes=None, key=OTHER_KEY))
    first = start(today, minutes=20)

    second = start(today, minutes=8, key=OTHER_KEY, code="97112")

    first.refresh_from_db()
    assert (first.stopped_at, second.stopped_at) == (second.started_at, None)
    assert typed_minutes(today) == {KEY: 12, OTHER_KEY: None}


def test_an_event_told_twice_counts_once(today):
    on_the_page(today, entry(minutes=None))
    timer = start(today, minutes=6)
    again = timers.start(
        visit=today, entry=ENTRY, code="97110", key=timer.key, by=today.therapist.user
    ).timer
    timers.stop(timer=timer, by=today.therapist.user, at=minutes_ago(1))
    timers.stop(timer=timer, by=today.therapist.user)

    assert again == timer
    assert typed_minutes(today) == {KEY: 5}


def test_one_started_by_mistake_measures_nothing_and_is_kept(today):
    on_the_page(today, entry(minutes=None))

    timers.discard(timer=start(today), by=today.therapist.user)

    assert typed_minutes(today) == {KEY: None}
    assert ServiceTimer.objects.get().discarded_at == at(9, 30)


def test_a_timer_of_another_day_is_refused(visit, therapist):
    with pytest.raises(timers.TimerRefused, match="runs on the day of the visit"):
        timers.start(visit=visit, entry=ENTRY, code="97110", by=therapist.user)


def test_a_signed_visit_starts_and_stops_nothing(today):
    sign(today)

    with pytest.raises(charting.AlreadySigned):
        start(today)
    assert ServiceTimer.objects.count() == 0


def test_a_running_timer_blocks_signing_at_its_card(today):
    on_the_page(today, entry(minutes=20))
    timer = start(today)

    running = [f for f in charting.missing_for_signing(today) if "timer" in f.message]
    timers.stop(timer=timer, by=today.therapist.user)

    assert [(f.path, f.message) for f in running] == [
        (f"entries.{KEY}.minutes", "The timer still runs: stop it.")
    ]
    assert not [f for f in charting.missing_for_signing(today) if "timer" in f.message]


def test_a_timer_whose_card_was_removed_is_named_too(today):
    start(today)

    assert "The timer of a service that was removed still runs: stop it." in [
        finding.message for finding in charting.missing_for_signing(today)
    ]


# --- One clinician, one patient -----------------------------------------------------------------


def test_one_on_one_minutes_with_another_patient_are_in_the_way(today, beside):
    running = start(beside, minutes=20)

    with pytest.raises(timers.TimesOverlap) as refusal:
        start(today, minutes=5)

    assert refusal.value.other == running


def test_minutes_that_ended_before_are_in_nobodys_way(today, beside):
    timers.stop(timer=start(beside, minutes=20), at=minutes_ago(5), by=today.therapist.user)

    assert start(today, minutes=5).is_running


def test_a_run_told_late_may_lie_before_one_that_runs_now(today, beside):
    start(beside, minutes=5)

    late = start(today, minutes=20, until=minutes_ago(6))
    with pytest.raises(timers.TimesOverlap):
        start(today, minutes=6, until=minutes_ago(4), key=OTHER_KEY)

    assert late.stopped_at == minutes_ago(6)


def test_a_stop_and_the_next_start_that_were_delayed_apart_share_no_second(today):
    ended = timers.stop(timer=start(today, minutes=20), at=minutes_ago(10), by=today.therapist.user)

    late = timers.start(
        visit=today,
        entry=uuid.UUID(OTHER_KEY),
        code="97110",
        at=minutes_ago(10, seconds=3),
        by=today.therapist.user,
    )

    assert late.timer.started_at == ended.timer.stopped_at


def test_a_group_is_shared_by_two_patients(today, beside):
    ProcedureCodeFactory(code="97150", timed=False, minutes_per_unit=None)
    start(beside, minutes=20, code="97150")

    assert start(today, minutes=20, code="97150").is_running


def test_the_assistants_minutes_are_not_the_therapists(today, beside, clinic, therapist):
    beside.assistant = AssistantFactory(user__clinics=[clinic], supervisor=therapist)
    beside.save(update_fields=["assistant"])
    start(beside, minutes=20, by_assistant=True)

    assert start(today, minutes=10).furnished_by == therapist
    with pytest.raises(timers.TimerRefused, match="No assistant treats"):
        start(today, by_assistant=True)


def test_the_database_itself_refuses_two_patients_at_once(today, beside):
    ServiceTimerFactory(visit=today)

    with (
        pytest.raises(DatabaseError, match="one_on_one_minutes_of_a_clinician"),
        transaction.atomic(),
    ):
        ServiceTimerFactory(visit=beside, started_at=at(9, 10))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE documentation_servicetimer SET started_at = started_at - interval '1 hour'",
         "what a timer told never changes"),
        ("UPDATE documentation_servicetimer SET stopped_at = now()",
         "what a timer told never changes"),
        ("DELETE FROM documentation_servicetimer", "is not deleted"),
    ],
)  # fmt: skip
def test_what_a_timer_told_is_kept(today, change, words):
    timers.stop(timer=start(today), by=today.therapist.user)

    with (
        pytest.raises(DatabaseError, match=words),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


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
