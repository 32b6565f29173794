"""Text messages go to the provider at most once, and its answer stands on the row."""

import datetime as dt
import socket

import pytest
from django.utils import timezone

from people import outbox, stops
from people.models import Message
from people.tasks import send_due_messages
from tests.at_once import PATIENCE
from tests.people import sms_provider
from tests.people.outbox.messages import after_sending, waiting

pytestmark = pytest.mark.django_db
Status = Message.Status


def test_a_text_message_goes_to_the_provider_with_our_account_and_is_sent(provider):
    message = after_sending(waiting())

    assert provider.received == [
        {
            "To": "+15035551234",
            "From": "+15035550100",
            "Body": "See you on Monday.",
            "key": "AC1:secret",
        }
    ]
    assert (message.status, message.provider_id, message.problem) == (Status.SENT, "SM1", "")
    assert message.sent_at is not None


def test_the_provider_is_told_where_receipts_go_when_it_can_reach_us(provider, settings):
    settings.PUBLIC_URL = "https://clinic.example"

    message = after_sending(waiting())

    assert provider.received[0]["StatusCallback"] == (
        f"https://clinic.example/hooks/sms/receipts/{message.pk}/"
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((400, {"code": 21614, "message": "…"}), "This is not a mobile number."),
        ((400, {"code": 29999, "message": "…"}), "The provider refused it (code 29999)."),
        ((401, {"code": 20003}), "The provider does not accept SMS_ACCOUNT and SMS_TOKEN."),
        ((404, "nothing here"), "The provider refused it (code 404)."),
    ],
)
def test_a_refusal_fails_with_its_reason_and_is_not_tried_again(provider, answer, reason):
    provider.how = answer
    message = after_sending(waiting())

    after_sending(message)

    assert (message.status, message.problem) == (Status.FAILED, reason)
    assert len(provider.received) == 1


@pytest.mark.parametrize(
    "how",
    [
        (500, {"message": "oops"}),
        (503, "busy"),
        (200, "<html>Log in to the guest network</html>"),
        (201, {"no": "sid"}),
        sms_provider.HANGS,
        sms_provider.DIES,
    ],
    ids=str,
)
def test_no_clear_answer_leaves_it_for_a_person_and_never_sends_it_twice(provider, how, settings):
    provider.how = how
    if how == sms_provider.HANGS:
        settings.SMS_TIMEOUT_SECONDS = 0.5
    message = after_sending(waiting())
    settings.SMS_TIMEOUT_SECONDS = PATIENCE
    provider.how = sms_provider.ACCEPTS

    send_due_messages.apply()
    after_sending(message)

    assert (message.status, message.problem) == (Status.SENDING, outbox.NO_ANSWER)
    assert list(Message.objects.unknown()) == [message]
    assert len(provider.received) == 1


def test_a_provider_that_cannot_be_reached_is_tried_again_later(provider, settings):
    settings.SMS_URL = f"http://127.0.0.1:{free_port()}/"
    message = after_sending(waiting())
    assert (message.status, message.problem) == (Status.WAITING, outbox.NOT_REACHED)
    assert message.not_before > timezone.now()

    settings.SMS_URL = provider.url
    Message.objects.update(not_before=timezone.now())
    after_sending(message)

    assert (message.status, message.problem) == (Status.SENT, "")


def test_a_provider_that_takes_nothing_now_is_tried_again_for_a_day(provider):
    provider.how = (429, {"code": 20429})
    message = after_sending(waiting())
    assert message.status == Status.WAITING

    Message.objects.update(
        not_before=timezone.now(), created_at=timezone.now() - dt.timedelta(hours=25)
    )
    after_sending(message)

    assert (message.status, message.problem) == (
        Status.FAILED,
        "The provider could not be reached.",
    )


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_the_provider_knowing_of_a_stop_we_missed_stops_the_channel(provider):
    provider.how = (400, {"code": 21610})

    message = after_sending(waiting())

    assert (message.status, message.problem) == (Status.FAILED, "The patient has answered STOP.")
    assert stops.is_stopped(message.patient, "sms")


def test_without_a_provider_text_messages_are_written_to_the_console(settings, capsys):
    settings.SMS_URL = ""

    message = after_sending(waiting())

    assert (message.status, message.provider_id) == (Status.SENT, "console")
    assert "See you on Monday." in capsys.readouterr().out
