"""The page behind an offer's link: the patient looks, taps, or reads that the time is gone."""

import pytest
from django.urls import reverse
from django.utils import timezone

from scheduling.models import Appointment
from tests.factories import at
from tests.scheduling.waiting import send, token, wait

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def page(client, offer, method="get"):
    response = getattr(client, method)(reverse("scheduling:take-offer", args=[token(offer)]))
    return response.status_code, " ".join(response.content.decode().split())


def test_the_page_says_where_when_and_with_whom_and_that_it_was_opened(client, desk):
    [offer] = send(desk, wait(desk)).offers

    status, text = page(client, offer)

    assert status == 200
    assert "Monday, March 2<br><strong>2:00 pm</strong>" in text
    assert "45 minutes with Dana, at 100 Main St, Portland." in text
    assert "Okafor" not in text
    offer.refresh_from_db()
    assert offer.opened_at == timezone.now()


def test_a_tap_takes_it_and_a_second_tap_says_so_again(client, desk):
    [offer] = send(desk, wait(desk)).offers

    first, second = page(client, offer, "post"), page(client, offer, "post")

    assert (first[0], second[0]) == (200, 200)
    assert "It is yours" in first[1]
    assert "It is yours" in second[1]
    assert Appointment.objects.count() == 1


def test_looking_books_nothing(client, desk):
    [offer] = send(desk, wait(desk)).offers

    page(client, offer)

    assert not Appointment.objects.exists()


def test_who_comes_too_late_reads_kindly_that_it_is_gone(client, desk):
    mine, theirs = send(desk, wait(desk), wait(desk)).offers
    page(client, mine, "post")

    for method in ("get", "post"):
        status, text = page(client, theirs, method)
        assert status == 410
        assert "This time is gone" in text
        assert "You are still on the list" in text


def test_a_time_the_desk_has_booked_is_gone_before_anybody_taps(client, desk):
    [offer] = send(desk, wait(desk)).offers
    desk.book(starts_at=at(14))

    assert page(client, offer)[0] == 410


def test_a_made_up_link_is_not_known(client, desk):
    [offer] = send(desk, wait(desk)).offers
    made_up = reverse("scheduling:take-offer", args=[f"{offer.link.pk}.made-up"])

    response = client.post(made_up)

    assert response.status_code == 404
    assert "This link is not known" in response.content.decode()
    assert not Appointment.objects.exists()
