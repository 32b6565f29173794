"""Receipts, replies and the link that stops e-mail: each only for who can prove themselves."""

import pytest
from django.test import Client
from django.urls import reverse

from people import outbox, stops
from people.models import Message, MessageStop
from people.views.hooks import GUESSES, signature_of
from tests.factories import ClinicFactory, PatientFactory

pytestmark = pytest.mark.django_db
Status = Message.Status
MOBILE = "+15035551234"


@pytest.fixture(autouse=True)
def with_provider(settings):
    settings.SMS_TOKEN = "secret"
    settings.PUBLIC_URL = "https://clinic.example"


@pytest.fixture
def message():
    patient = PatientFactory(
        clinic=ClinicFactory(name="Riverbend"),
        contact_by="sms",
        mobile_phone=MOBILE,
        email="ada@mail.example",
    )
    row = outbox.queue(patient=patient, kind="test", source_key="1", body="See you.")
    return outbox._take(row.pk)


def from_provider(client, path, *, signature=None, **fields):
    signed = signature or signature_of(f"https://clinic.example{path}", fields)
    return client.post(path, fields, headers={"X-Twilio-Signature": signed})


def receipt(client, message, **fields):
    return from_provider(client, reverse("people:sms-receipt", args=[message.pk]), **fields)


def test_the_signature_is_the_one_in_twilios_own_example(settings):
    settings.SMS_TOKEN = "12345"
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }

    assert signature_of("https://example.com/myapp.php?foo=1&bar=2", fields) == (
        "L/OH5YylLD5NRKLltdqwSvS0BnU="
    )


def test_a_receipt_says_it_arrived_even_where_nobody_knew_whether_it_went_out(client, message):
    receipt(client, message, MessageStatus="delivered")

    message.refresh_from_db()
    assert (message.status, message.sent_at) == (Status.SENT, message.sending_since)
    assert message.delivered_at is not None


def test_a_receipt_says_why_it_did_not_arrive(client, message):
    receipt(client, message, MessageStatus="undelivered", ErrorCode="30005")

    message.refresh_from_db()
    assert (message.status, message.problem) == (
        Status.FAILED,
        "There is no such number any more.",
    )


def test_a_late_receipt_of_failure_does_not_take_back_a_delivery(client, message):
    receipt(client, message, MessageStatus="delivered")
    receipt(client, message, MessageStatus="failed", ErrorCode="30007")

    message.refresh_from_db()
    assert (message.status, message.problem) == (Status.SENT, "")


def test_a_receipt_for_a_message_that_never_was_is_taken_quietly(client):
    path = reverse("people:sms-receipt", args=[99])

    assert from_provider(client, path, MessageStatus="delivered").status_code == 204


def test_an_unsigned_receipt_changes_nothing(client, message, settings):
    forged = receipt(client, message, MessageStatus="delivered", signature="forged")
    settings.SMS_TOKEN = ""
    without_token = receipt(client, message, MessageStatus="delivered")

    message.refresh_from_db()
    assert (forged.status_code, without_token.status_code) == (403, 403)
    assert message.status == Status.SENDING


def reply(client, text):
    return from_provider(client, reverse("people:sms-reply"), From=MOBILE, Body=text)


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Unsubscribe", "Stop All"])
def test_stop_ends_text_messages_for_everybody_on_that_telephone(client, text):
    family = [PatientFactory(mobile_phone=MOBILE) for _ in range(2)]
    stranger = PatientFactory(mobile_phone="+15035550000")

    answer = reply(client, text)

    assert answer.content == b"<Response/>"
    assert [stops.is_stopped(person, "sms") for person in (*family, stranger)] == [
        True,
        True,
        False,
    ]
    assert not stops.is_stopped(family[0], "email")


def test_start_begins_them_again(client):
    patient = PatientFactory(mobile_phone=MOBILE)
    reply(client, "STOP")

    reply(client, "start")

    assert not stops.is_stopped(patient, "sms")
    assert MessageStop.objects.exclude(resumed_at=None).count() == 1


def test_any_other_reply_is_told_whom_to_call(client):
    PatientFactory(mobile_phone=MOBILE, clinic=ClinicFactory(phone="+15035550188"))

    answer = reply(client, "I am late, please do not stop")

    assert answer.content.decode() == (
        "<Response><Message>Nobody reads replies to this number. "
        "Please call (503) 555-0188.</Message></Response>"
    )
    assert MessageStop.objects.count() == 0


def stop_path(message):
    return stops.url_for(message).removeprefix("https://clinic.example")


def test_looking_at_the_link_stops_nothing_and_the_button_stops_once(client, message):
    Message.objects.update(channel="email")
    path = stop_path(message)

    looked = client.get(path)
    assert "Stop e-mail from Riverbend?" in looked.content.decode()
    assert not stops.is_stopped(message.patient, "email")

    pressed = [client.post(path).content.decode() for _ in range(2)]
    assert ["no more e-mail from Riverbend" in page for page in pressed] == [True, True]
    assert MessageStop.objects.get().how == "link"


def test_a_mail_program_stops_with_one_click_and_no_cookie(message):
    Message.objects.update(channel="email")

    Client(enforce_csrf_checks=True).post(stop_path(message), {"List-Unsubscribe": "One-Click"})

    assert stops.is_stopped(message.patient, "email")


def test_the_link_names_no_patient_and_keeps_its_address_to_itself(client, message):
    answer = client.get(stop_path(message))

    assert "Okafor" not in answer.content.decode()
    assert "Ada" not in answer.content.decode()
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == (
        "no-referrer",
        "noindex, nofollow",
    )


def test_who_guesses_links_is_kept_waiting(client, message):
    spoilt = stop_path(message).replace("/stop/", "/stop/9")

    answers = [client.get(spoilt).status_code for _ in range(GUESSES + 1)]

    assert answers == [404] * GUESSES + [429]
    assert client.get(stop_path(message)).status_code == 429
