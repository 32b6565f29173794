"""The provider's page: a GET shows nothing and changes nothing, the right NPI opens, once answered
it stays closed."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documentation import plan_sending, tasks
from documentation.models import PlanPdf, PlanSending
from people.models import AuditEvent, PatientLink
from tests.documentation.sent_plans import now, npi_of, sent, therapist_of, token_to
from tests.file_answers import file_headers, saved_pdf

pytestmark = pytest.mark.django_db
SIGN = {"do": "sign", "name": "Wei Chen", "credential": "MD", "certifies": "on"}


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    cache.clear()
    monkeypatch.setattr(tasks.render_plan_pdf, "delay", lambda pk: None)


@pytest.fixture
def sending():
    return sent()


def page_of(sending):
    return reverse("documentation:plan-link", args=[token_to(sending)])


def post(client, sending, **values):
    return client.post(page_of(sending), {"npi": npi_of(sending)} | values)


def words(response):
    return " ".join(response.content.decode().split())


def test_looking_asks_for_the_number_shows_nothing_and_changes_nothing(client, sending):
    before = (AuditEvent.objects.count(), PlanSending.objects.values().get())

    response = client.get(page_of(sending))

    assert "Enter your NPI to read it." in words(response)
    for secret in ("Okafor", "Ada", "gait training", "I69.354", sending.provider.last_name):
        assert secret not in words(response)
    assert (AuditEvent.objects.count(), PlanSending.objects.values().get()) == before
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response.cookies == {}


def test_the_right_number_shows_the_plan(client, sending):
    response = post(client, sending, do="open")

    assert "Okafor" in words(response)
    assert "Neuromuscular re-education, gait training" in words(response)
    assert "Sign the plan" in words(response)
    assert now(sending).opened_at is not None


def test_a_wrong_number_shows_nothing_is_counted_and_written_down(client, sending):
    response = post(client, sending, do="open", npi="1234567893")

    assert response.status_code == 422
    assert "The plan was not sent to this NPI." in words(response)
    assert "Okafor" not in words(response)
    assert (now(sending).wrong_npis, sending.opened_at) == (1, None)
    assert AuditEvent.objects.filter(action="plan.wrong_npi", actor=None).count() == 1


def test_what_is_no_npi_at_all_is_not_counted(client, sending):
    response = post(client, sending, do="open", npi="12345")

    assert response.status_code == 422
    assert now(sending).wrong_npis == 0


@pytest.mark.parametrize("do", ["sign", "return", "pdf"])
def test_nothing_is_done_with_a_wrong_number(client, sending, do):
    values = SIGN | {"do": do, "remark": "No.", "npi": "1234567893"}

    response = client.post(page_of(sending), values)

    assert response.status_code == 422
    assert now(sending).status == "open"


def test_guessing_from_one_place_has_an_end(client, sending):
    other = sent()
    for number in range(15):
        post(client, [sending, other][number % 2], do="open", npi="1234567893")

    assert client.get(page_of(sending)).status_code == 429


def test_ten_wrong_numbers_from_many_places_close_the_link(sending):
    for number in range(10):
        place = Client(REMOTE_ADDR=f"192.0.2.{number + 1}")
        post(place, sending, do="open", npi="1234567893")

    response = post(Client(REMOTE_ADDR="192.0.2.99"), sending, do="open")

    assert response.status_code == 410
    assert "This link was closed" in words(response)


def test_signing_certifies_and_the_page_says_thank_you(client, sending):
    answer = post(client, sending, **SIGN)
    thanks = client.get(answer["Location"])

    assert (answer.status_code, answer["Location"]) == (303, page_of(sending))
    assert "Signed. Thank you." in words(thanks)
    assert "Okafor" not in words(thanks)
    assert now(sending.plan).signed_by_name == "Wei Chen, MD"


def test_signing_twice_says_thank_you_and_signs_once(client, sending):
    post(client, sending, **SIGN)
    again = post(client, sending, **SIGN | {"name": "Somebody Else"})

    assert (again.status_code, "Signed. Thank you." in words(again)) == (410, True)
    assert now(sending).signature["name"] == "Wei Chen"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"certifies": ""}, "Check this to certify the plan."),
        ({"name": ""}, "This field is required."),
        ({"drawn": "data:image/png;base64,xx"}, "The signature did not arrive."),
    ],
)
def test_what_is_missing_from_a_signature_is_said_beside_it(client, sending, values, problem):
    response = post(client, sending, **SIGN | values)

    assert response.status_code == 422
    assert problem in words(response)
    assert now(sending).status == "open"


def test_a_plan_is_returned_with_a_remark_and_not_without(client, sending):
    without = post(client, sending, do="return", remark=" ")
    answer = post(client, sending, do="return", remark="Once a week is enough.")

    assert without.status_code == 422
    assert "Returned. Thank you." in words(client.get(answer["Location"]))
    assert now(sending).remark == "Once a week is enough."


def test_a_withdrawn_plan_says_that_a_newer_one_comes(client, sending):
    plan_sending.withdraw(sending=sending, by=therapist_of(sending.plan))

    for response in (client.get(page_of(sending)), post(client, sending, **SIGN)):
        assert response.status_code == 410
        assert "This plan was withdrawn" in words(response)
        assert "a newer one comes to you" in words(response)
    assert now(sending.plan).signed_on is None


def test_a_link_whose_time_is_over_says_so(client, sending):
    later = timezone.now() + dt.timedelta(days=31)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("documentation.models.plan.timezone.now", lambda: later)
        responses = [client.get(page_of(sending)), post(client, sending, **SIGN)]

    for response in responses:
        assert response.status_code == 410
        assert "The time of this link is over" in words(response)
    assert now(sending).status == "open"


@pytest.mark.parametrize("token", ["1.abc", "nonsense"])
def test_an_address_nobody_made_is_unknown(client, token):
    response = client.get(reverse("documentation:plan-link", args=[token]))

    assert (response.status_code, "This link is not whole" in words(response)) == (404, True)


def test_somebody_of_the_practice_cannot_answer(client, sending):
    client.force_login(therapist_of(sending.plan))

    response = post(client, sending, **SIGN)

    assert response.status_code == 403
    assert "This page is for the provider" in words(response)
    assert now(sending).status == "open"


def test_the_provider_takes_the_paper_along_before_and_after_signing(client, sending):
    waits = post(client, sending, do="pdf")
    for pdf in PlanPdf.objects.all():
        tasks.render_plan_pdf(pdf.pk)
    unsigned = post(client, sending, do="pdf")
    post(client, sending, **SIGN)
    tasks.render_plan_pdf(sending.pdfs.get(copy="signed").pk)
    signed = post(client, sending, do="pdf")

    assert "The paper is being made." in words(waits)
    assert unsigned.content == bytes(sending.pdfs.get(copy="sent").file_bytes)
    assert signed.content == bytes(sending.pdfs.get(copy="signed").file_bytes)
    assert file_headers(signed) == saved_pdf("plan-of-care.pdf")
    assert AuditEvent.objects.filter(action="plan.pdf_taken_by_provider").count() == 2


def test_no_paper_of_a_withdrawn_plan_is_given_out(client, sending):
    for pdf in PlanPdf.objects.all():
        tasks.render_plan_pdf(pdf.pk)
    plan_sending.withdraw(sending=sending, by=therapist_of(sending.plan))

    response = post(client, sending, do="pdf")

    assert (response.status_code, "This plan was withdrawn" in words(response)) == (410, True)


def test_the_link_is_about_one_plan_of_one_patient(sending):
    link = PatientLink.objects.get()

    assert (link.target_id, link.patient) == (sending.pk, sending.plan.episode.patient)
