"""The patient's own link to an estimate."""

import pytest
from django.urls import reverse

from billing import estimates
from billing.models import Estimate
from people import links
from tests.billing.self_pay.makers import NOON, estimate_for, plan_for
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(patient, desk, booked):
    return estimates.link_of(estimate_for(booked, desk), by=desk)


def address(link) -> str:
    return reverse("billing:estimate-link", args=[links.token_of(link)])


def test_looking_at_the_link_shows_nothing_of_the_patient_and_changes_nothing(client, link):
    client.logout()

    answer = client.get(address(link))

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "The patient&#x27;s date of birth" in shown
    assert not any(word in shown for word in ("Okafor", "97112", "balance", "190"))
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == (
        "no-referrer",
        "noindex, nofollow",
    )
    assert Estimate.objects.get().given_at is None


def test_the_date_of_birth_opens_the_paper_and_it_counts_as_given(client, link):
    client.logout()

    answer = client.post(address(link), {"birth_date": "1958-03-12"})

    assert (answer.content, answer["Content-Type"]) == (b"%PDF estimate", "application/pdf")
    estimate = Estimate.objects.get()
    assert file_headers(answer) == shown_pdf(f"{estimate.number}.pdf")
    assert (estimate.given_how, estimate.given_by, estimate.given_at) == ("link", None, NOON)


def test_another_date_of_birth_opens_nothing(client, link):
    client.logout()

    answer = client.post(address(link), {"birth_date": "1958-03-13"})

    assert answer.status_code == 422
    assert "This is not the date of birth that we know." in answer.content.decode()
    assert Estimate.objects.get().given_at is None


def test_who_guesses_too_often_has_to_wait(client, link):
    client.logout()
    for number in range(20):
        client.post(address(link), {"birth_date": f"1958-04-{number + 1:02}"})

    assert client.post(address(link), {"birth_date": "1958-03-12"}).status_code == 429
    assert Estimate.objects.get().given_at is None


def test_a_link_to_an_estimate_that_was_replaced_is_closed(client, link, desk, booked):
    estimates.issue(
        patient=booked.patient, plan=plan_for(booked), replaces=Estimate.objects.get(), by=desk
    )

    assert client.get(address(link)).status_code == 410


def test_an_address_that_nobody_made_is_unknown(client):
    answer = client.get(reverse("billing:estimate-link", args=["1.made-up"]))

    assert answer.status_code == 404
    assert "This link is not whole" in answer.content.decode()


def test_a_paper_that_is_not_made_yet_asks_for_patience(client, patient, desk, booked):
    estimate = estimates.issue(patient=patient, plan=plan_for(booked), by=desk)
    link = estimates.link_of(estimate, by=desk)
    client.logout()

    answer = client.post(address(link), {"birth_date": "1958-03-12"})

    assert answer.status_code == 409
    assert "still being written" in answer.content.decode()
    assert Estimate.objects.get().given_at is None
