"""The provider's link: the NPI first, nothing of the patient before it; then the PDF."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documentation import amending, note_letters, plan_answers, provider_door
from documentation.models import NotePdf, ProviderLetter
from people import links
from people.models import AuditEvent, PatientLink
from tests.documentation.letter_ward import PAPER, waiting
from tests.documentation.sent_plans import link_to, npi_of, sent, token_to
from tests.factories import npi
from tests.file_answers import file_headers, saved_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter():
    letter = waiting(channel="email")
    note_letters.link(letter)
    return letter


def address_of(letter):
    link = PatientLink.objects.get(target_id=letter.pk)
    return reverse("documentation:provider-letter", args=[links.token_of(link)])


def state():
    return (
        AuditEvent.objects.count(),
        list(PatientLink.objects.values()),
        list(ProviderLetter.objects.values()),
    )


def let_in(client, letter, **more):
    return client.post(address_of(letter), {"npi": letter.provider.npi} | more)


def ticket_of(response):
    return response.context["ticket"]


def test_looking_asks_for_the_npi_tells_nothing_of_the_patient_and_changes_nothing(client, letter):
    before = state()

    response = client.get(address_of(letter))

    page = response.content.decode()
    assert response.status_code == 200
    assert "Your NPI" in page
    for word in ("Okafor", "Ada", "PT001001", "rogress", "Hale", "Lopez", letter.provider.npi):
        assert word not in page
    assert state() == before
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response.cookies == {}


def test_the_right_npi_shows_what_it_is_and_then_gives_the_pdf(client, letter):
    shown = let_in(client, letter)
    given = client.post(address_of(letter), {"ticket": ticket_of(shown), "paper": "pdf"})

    page = shown.content.decode()
    assert "Progress report" in page
    assert "<dd>Okafor, Ada</dd>" in page
    assert "<dd>March 12, 1958</dd>" in page
    assert given.content == PAPER
    assert given["Content-Type"] == "application/pdf"
    assert file_headers(given) == saved_pdf("report.pdf")
    letter.refresh_from_db()
    assert letter.opened_at is not None
    actions = AuditEvent.objects.filter(target_id=letter.pk, actor=None).values_list("action")
    assert [name for (name,) in actions.order_by("pk")] == ["provider.let_in", "letter.read"]


def test_when_it_was_first_read_stays(client, letter):
    ticket = ticket_of(let_in(client, letter))
    earlier = timezone.now() - dt.timedelta(days=3)
    ProviderLetter.objects.update(opened_at=earlier)

    client.post(address_of(letter), {"ticket": ticket, "paper": "pdf"})

    letter.refresh_from_db()
    assert letter.opened_at == earlier


@pytest.mark.parametrize("typed", [npi(77), "1234567890", "", "<script>"])
def test_a_wrong_npi_is_refused_and_tells_nothing(client, letter, typed):
    response = client.post(address_of(letter), {"npi": typed, "paper": "pdf"})

    assert response.status_code == 422
    assert "Okafor" not in response.content.decode()
    assert ProviderLetter.objects.get().opened_at is None


def test_after_ten_wrong_numbers_even_the_right_one_has_to_wait(client, letter):
    for number in range(10):
        client.post(
            address_of(letter),
            {"npi": npi(number)},
            headers={"x-forwarded-for": f"10.0.0.{number}"},
        )

    response = let_in(client, letter)

    assert response.status_code == 429
    assert provider_door.TOO_MANY in response.content.decode()
    assert AuditEvent.objects.filter(action="provider.refused").count() == 10
    cache.clear()
    assert let_in(client, letter).status_code == 200


def test_a_ticket_holds_for_its_own_link_and_for_an_hour(client, letter, monkeypatch):
    other = waiting(channel="email", patient=letter.patient)
    note_letters.link(other)
    ticket = ticket_of(let_in(client, letter))

    elsewhere = client.post(address_of(other), {"ticket": ticket, "paper": "pdf"})
    monkeypatch.setattr(provider_door, "FOR_AN_HOUR", -1)
    later = client.post(address_of(letter), {"ticket": ticket, "paper": "pdf"})

    assert [response.status_code for response in (elsewhere, later)] == [422, 422]


def test_a_link_that_ended_says_so_and_an_unknown_one_says_no_more(client, letter):
    address = address_of(letter)
    made_up = client.get(address[:-2] + ("A/" if address[-2] != "A" else "B/"))
    PatientLink.objects.update(
        made_at=timezone.now() - dt.timedelta(days=9),
        expires_at=timezone.now() - dt.timedelta(days=1),
    )

    ended = client.get(address)

    assert (made_up.status_code, ended.status_code) == (404, 410)
    assert "no longer open" in ended.content.decode()
    for response in (made_up, ended):
        assert "Okafor" not in response.content.decode()
        assert response["Referrer-Policy"] == "no-referrer"


def test_thirty_unknown_links_from_one_place_are_enough(client, letter):
    for _ in range(30):
        client.get(reverse("documentation:provider-letter", args=["1.made-up"]))

    assert client.get(address_of(letter)).status_code == 429


def test_a_report_that_was_amended_is_not_given_out(client, letter):
    ticket = ticket_of(let_in(client, letter))
    amending.open_amendment(note=letter.note, reason="Wrong side.", by=letter.note.signed_by)

    response = client.post(address_of(letter), {"ticket": ticket, "paper": "pdf"})

    assert response["Content-Type"].startswith("text/html")
    assert "has been corrected since" in response.content.decode()


def test_while_the_pdf_is_made_anew_the_page_says_so(client, letter):
    NotePdf.objects.update(status="waiting")

    response = let_in(client, letter, paper="pdf")

    assert "The PDF is being made." in response.content.decode()


def test_staff_who_are_signed_in_do_not_read_it_as_the_provider(client, letter):
    client.force_login(letter.created_by)

    response = let_in(client, letter)

    assert response.status_code == 403
    assert "Okafor" not in response.content.decode()
    assert AuditEvent.objects.filter(action="provider.let_in").count() == 0


def plan_page_of(sending):
    return reverse("documentation:plan-link", args=[token_to(sending)])


def test_a_letters_ticket_opens_no_plan(client, letter):
    sending = sent()

    response = client.post(
        plan_page_of(sending), {"ticket": ticket_of(let_in(client, letter)), "do": "open"}
    )

    assert response.status_code == 422
    assert "A plan of care waits for you" in response.content.decode()
    assert "Okafor" not in response.content.decode()


def test_wrong_numbers_and_wrong_links_from_one_place_are_counted_together(client, letter):
    for number in range(9):
        client.post(address_of(letter), {"npi": npi(number)})
    for _ in range(21):
        client.get(reverse("documentation:provider-letter", args=["1.made-up"]))

    assert client.get(address_of(letter)).status_code == 429


def test_the_copy_of_a_signed_plan_is_not_given_to_who_tries_numbers(client):
    sending = sent()
    plan_answers.sign(link=link_to(sending), name="Wei Chen", credential="MD")
    for number in range(10):
        Client(REMOTE_ADDR=f"192.0.2.{number + 1}").post(
            plan_page_of(sending), {"npi": "1234567893", "do": "pdf"}
        )

    response = client.post(plan_page_of(sending), {"npi": npi_of(sending), "do": "pdf"})

    page = response.content.decode()
    assert (response.status_code, provider_door.TOO_MANY in page) == (410, True)
    assert "Signed. Thank you." in page
