"""The calendar feed: a secret address, initials only, the same bytes until something changes."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from icalendar import Calendar

from people.models import AuditEvent, Role
from scheduling import booking, feeds
from scheduling.models import CalendarFeed
from scheduling.views.feeds import GUESSES
from tests.factories import AppointmentFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def therapist(desk):
    return desk.therapist


@pytest.fixture
def as_therapist(client, therapist):
    client.force_login(therapist.user)
    return client


@pytest.fixture
def tomorrow(desk):
    """Noon or so tomorrow, to the second: calendars know no smaller part."""
    return (timezone.now() + dt.timedelta(days=1)).replace(microsecond=0)


@pytest.fixture
def row(desk, tomorrow):
    return AppointmentFactory(
        patient=desk.patient,
        therapist=desk.therapist,
        type=desk.type,
        starts_at=tomorrow,
        remark="dizzy",
    )


@pytest.fixture
def path(therapist):
    return feeds.make(therapist=therapist, by=therapist.user).removeprefix("http://localhost:8000")


def events(response):
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_the_feed_says_initials_times_and_place_and_no_more(client, row, path, tomorrow):
    answer = client.get(path)

    [event] = events(answer)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert (str(event["summary"]), str(event["location"])) == (
        "A.O.",
        "Riverbend, 100 Main St, Portland, OR 97201-0001",
    )
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (row.starts_at, row.ends_at)
    assert (str(event["uid"]), str(event["status"])) == (
        f"appointment-{row.pk}@pt-practice",
        "CONFIRMED",
    )
    for secret in (b"Okafor", b"Ada", b"Follow-up", b"dizzy", b"DESCRIPTION"):
        assert secret not in answer.content


def test_times_are_utc_on_both_sides_of_a_clock_change(desk):
    zone = desk.clinic.zone
    rows = [
        AppointmentFactory.build(
            pk=day,
            patient=desk.patient,
            therapist=desk.therapist,
            type=desk.type,
            starts_at=dt.datetime(2026, 3, day, 9, tzinfo=zone),
            booked_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        )
        for day in (6, 9)  # the clocks go forward on the 8th
    ]

    content = feeds.as_ics(desk.therapist, rows).decode()

    assert "DTSTART:20260306T170000Z" in content
    assert "DTSTART:20260309T160000Z" in content


def test_a_cancelled_one_is_told_as_cancelled_under_its_name_with_a_higher_number(
    client, desk, row, path
):
    [before] = events(client.get(path))

    booking.cancel(row, reason="Ill", by=desk.user)

    [after] = events(client.get(path))
    assert before["uid"] == after["uid"]
    assert (str(after["status"]), after["sequence"] > before["sequence"]) == ("CANCELLED", True)


@pytest.mark.parametrize(("days", "count"), [(-31, 0), (-29, 1), (179, 1), (181, 0)])
def test_the_feed_looks_a_month_back_and_half_a_year_ahead(client, desk, path, days, count):
    AppointmentFactory(
        patient=desk.patient,
        therapist=desk.therapist,
        type=desk.type,
        starts_at=timezone.now() + dt.timedelta(days=days),
    )

    assert len(events(client.get(path))) == count


def test_another_therapists_appointments_are_not_in_it(client, row, path):
    AppointmentFactory(patient=PatientFactory(), starts_at=row.starts_at)

    assert len(events(client.get(path))) == 1


def test_who_has_it_already_gets_304_until_something_changes(client, desk, row, path):
    first = client.get(path)
    headers = {"If-None-Match": first["ETag"]}
    since = {"If-Modified-Since": first["Last-Modified"]}

    unchanged = [client.get(path, headers=asked).status_code for asked in (headers, since)]
    booking.cancel(row, reason="Ill", by=desk.user)
    CalendarFeed.objects.update(changed_at=timezone.now() - dt.timedelta(days=1))
    long_ago = {"If-Modified-Since": http_date(0)}

    assert unchanged == [304, 304]
    assert [client.get(path, headers=asked).status_code for asked in (headers, long_ago)] == [
        200,
        200,
    ]


def test_a_new_address_ends_the_old_one_and_revoking_ends_both(client, therapist, path):
    newer = feeds.make(therapist=therapist, by=therapist.user)
    newer = newer.removeprefix("http://localhost:8000")
    after_new = [client.get(one).status_code for one in (path, newer)]
    revoked = [feeds.revoke(therapist=therapist, by=therapist.user) for _ in range(2)]

    assert after_new == [404, 200]
    assert revoked == [True, False]
    assert client.get(newer).status_code == 404


def test_the_address_of_somebody_who_left_opens_nothing(client, therapist, path):
    therapist.user.is_active = False
    therapist.user.save()

    assert client.get(path).status_code == 404


def test_the_address_is_not_in_the_database(path, therapist):
    token = path.removeprefix("/feeds/").removesuffix(".ics")
    [row] = CalendarFeed.objects.values()

    assert len(token) >= 43
    assert token not in str(row)


def test_fetching_is_written_down_once_a_day(client, row, path):
    for _ in range(3):
        client.get(path)

    assert AuditEvent.objects.filter(action="feed.fetched").count() == 1
    CalendarFeed.objects.update(fetched_at=timezone.now() - dt.timedelta(days=1))
    client.get(path)
    assert AuditEvent.objects.filter(action="feed.fetched").count() == 2


def test_who_guesses_addresses_is_kept_waiting(client, path):
    answers = [client.get("/feeds/guess.ics").status_code for _ in range(GUESSES + 1)]

    assert answers == [404] * GUESSES + [429]


@pytest.mark.parametrize("count", [1, 3])
def test_a_fetch_costs_the_same_queries_for_any_number(
    client, desk, path, django_assert_num_queries, count
):
    for number in range(count):
        AppointmentFactory(
            patient=PatientFactory(clinic=desk.clinic),
            therapist=desk.therapist,
            type=desk.type,
            starts_at=timezone.now() + dt.timedelta(hours=number),
        )
    client.get(path)

    with django_assert_num_queries(3):  # guesses, feed, appointments
        response = client.get(path)

    assert len(events(response)) == count


def test_a_therapist_makes_and_revokes_their_own_on_their_page(as_therapist, therapist, client):
    pk = therapist.user_id
    made = as_therapist.post(reverse("scheduling:feed-make", args=[pk])).content.decode()
    later = as_therapist.get(reverse("scheduling:feed", args=[pk])).content.decode()
    as_therapist.post(reverse("scheduling:feed-revoke", args=[pk]))

    assert "http://localhost:8000/feeds/" in made
    assert "/feeds/" not in later
    assert feeds.open_feed_of(therapist) is None


def test_somebody_elses_is_for_the_owner_alone(client, therapist, desk):
    path = reverse("scheduling:feed-make", args=[therapist.user_id])
    colleague = UserFactory(roles=[Role.THERAPIST], clinics=[desk.clinic])
    answers = []
    for user in (colleague, UserFactory(roles=[Role.OWNER])):
        client.force_login(user)
        answers.append(client.post(path).status_code)

    assert answers == [404, 200]
