"""The patient's page: looking changes nothing, answers count once, pain is told of."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import home_answers, home_programs
from documentation.models import HomeAnswer
from people import links
from people.models import AuditEvent, PatientLink, Role
from tests.factories import HomeProgramItemFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def therapist():
    return UserFactory(roles=[Role.THERAPIST])


@pytest.fixture
def item(therapist):
    """An exercise that a patient has had in hand for three days."""
    item = HomeProgramItemFactory()
    with pytest.MonkeyPatch.context() as patch:
        earlier = timezone.now() - dt.timedelta(days=3)
        patch.setattr("documentation.home_programs.timezone.now", lambda: earlier)
        patch.setattr(
            "documentation.home_programs.timezone.localdate",
            lambda timezone: earlier.astimezone(timezone).date(),
        )
        home_programs.give(program=item.program, by=therapist)
    item.refresh_from_db()
    return item


def page_of(item):
    link = home_programs.open_link_of(item.program.patient)
    return reverse("documentation:home", args=[links.token_of(link)])


def today_of(item):
    return timezone.localdate(timezone=item.program.patient.clinic.zone)


def say(client, exercise, **values):
    sent = {"item": exercise.pk, "day": today_of(exercise).isoformat(), "done": "yes"} | values
    return client.post(page_of(exercise), sent, headers={"accept": "application/json"})


def test_looking_shows_the_exercise_and_changes_nothing(client, item):
    before = (AuditEvent.objects.count(), HomeAnswer.objects.count())
    link = PatientLink.objects.values().get()

    response = client.get(page_of(item))

    page = response.content.decode()
    assert "Bridge" in page
    assert "3 sets of 10" in page
    assert (AuditEvent.objects.count(), HomeAnswer.objects.count()) == before
    assert PatientLink.objects.values().get() == link
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_the_same_answer_twice_is_one_and_the_last_word_stands(client, item):
    say(client, item, pain="2")
    say(client, item, pain="2")
    say(client, item, pain="4", difficulty="hard", remark="Stiff")

    row = HomeAnswer.objects.get()
    assert (row.done, row.pain, row.difficulty, row.remark) == (True, 4, "hard", "Stiff")


def test_without_a_script_the_answer_leads_back_to_the_exercise(client, item):
    day = today_of(item).isoformat()

    response = client.post(page_of(item), {"item": item.pk, "day": day, "done": "yes"})

    assert response.status_code == 303
    assert response["Location"] == f"{page_of(item)}?day={day}#exercise-{item.pk}"


@pytest.mark.parametrize(
    ("days_ago", "status", "kept"), [(0, 200, 1), (1, 200, 1), (2, 409, 0), (-1, 409, 0)]
)
def test_today_and_yesterday_can_be_answered(client, item, days_ago, status, kept):
    day = today_of(item) - dt.timedelta(days=days_ago)

    response = say(client, item, day=day.isoformat())

    assert (response.status_code, HomeAnswer.objects.count()) == (status, kept)


@pytest.mark.parametrize(
    ("yesterday", "today", "alarm"), [(None, "7", "high"), (1, "4", "rise"), (2, "4", "")]
)
def test_strong_pain_or_a_sharp_rise_says_stop_and_shows_in_the_chart(
    client, item, therapist, yesterday, today, alarm
):
    if yesterday is not None:
        before = today_of(item) - dt.timedelta(days=1)
        say(client, item, day=before.isoformat(), pain=str(yesterday))

    response = say(client, item, pain=today)

    assert response.json() == {"done": True, "alarm": alarm}
    assert HomeAnswer.objects.alarming().count() == bool(alarm)


def test_an_alarm_is_seen_once_and_comes_back_only_with_another_one(client, item, therapist):
    say(client, item, pain="8")
    home_answers.mark_seen(answer=HomeAnswer.objects.get(), by=therapist)

    say(client, item, pain="9")
    assert HomeAnswer.objects.alarming().count() == 0

    say(client, item, pain="2")
    say(client, item, pain="9")
    assert HomeAnswer.objects.alarming().count() == 1


def test_the_page_tells_to_stop_and_whom_to_call(client, item):
    say(client, item, pain="8")

    page = client.get(page_of(item)).content.decode()

    assert '<div class="home-stop" role="alert"><p><strong>Stop this exercise' in page
    assert 'href="tel:+15035550142"' in page


def test_another_patients_exercise_cannot_be_answered(client, item, therapist):
    other = HomeProgramItemFactory()
    home_programs.give(program=other.program, by=therapist)

    response = client.post(
        page_of(item), {"item": other.pk, "day": today_of(item).isoformat(), "done": "yes"}
    )

    assert response.status_code == 422
    assert HomeAnswer.objects.count() == 0


@pytest.mark.parametrize("bad", [{"pain": "11"}, {"pain": "-1"}, {"done": "maybe"}, {"item": "x"}])
def test_what_cannot_be_read_is_refused(client, item, bad):
    assert say(client, item, **bad).status_code == 422
    assert HomeAnswer.objects.count() == 0


def test_a_paused_program_rests(client, item, therapist):
    home_programs.pause(program=item.program, by=therapist)

    page = client.get(page_of(item)).content.decode()

    assert "Your exercises are paused" in page
    assert say(client, item).status_code == 409


def test_a_closed_link_says_so_kindly(client, item, therapist):
    address = page_of(item)
    home_programs.end(program=item.program, by=therapist)

    response = client.get(address)

    assert response.status_code == 410
    assert "no longer open" in response.content.decode()


def test_a_renewed_link_closes_the_old_one(client, item, therapist):
    old = page_of(item)

    home_programs.renew_link(patient=item.program.patient, by=therapist)

    assert client.get(old).status_code == 410
    assert client.get(page_of(item)).status_code == 200


def test_guessing_addresses_ends_soon(client, item):
    address = reverse("documentation:home", args=["1.made-up"])

    statuses = [client.get(address).status_code for _ in range(31)]

    assert set(statuses[:30]) == {404}
    assert statuses[30] == 429


def test_answering_without_end_is_stopped(client, item, monkeypatch):
    monkeypatch.setattr("documentation.views.home_link.ANSWERS", 2)

    assert [say(client, item).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_for_any_number_of_exercises(
    client, therapist, django_assert_num_queries, count
):
    first = HomeProgramItemFactory()
    for key in ("clam", "heel-raise")[: count - 1]:
        HomeProgramItemFactory(program=first.program, exercise=key)
    home_programs.give(program=first.program, by=therapist)
    address = page_of(first)

    with django_assert_num_queries(5):  # guesses, link, program, answers, exercises
        page = client.get(address).content.decode()

    assert page.count("data-answer") == count
