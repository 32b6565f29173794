"""Sending: a message leaves the house at most once, and what became of it stands on its row."""

import datetime as dt
import logging
import smtplib
import socket
import threading

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from people import outbox, stops
from people.models import AuditEvent, Message, MessageStop
from people.tasks import send_due_messages, send_message
from tests.at_once import PATIENCE, all_at_once
from tests.factories import PatientFactory, UserFactory
from tests.people import sms_provider

pytestmark = pytest.mark.django_db
Status = Message.Status


@pytest.fixture
def provider(settings):
    with sms_provider.at_work() as provider:
        settings.SMS_URL = provider.url
        settings.SMS_ACCOUNT, settings.SMS_TOKEN = "AC1", "secret"
        settings.SMS_FROM = "+15035550100"
        settings.SMS_TIMEOUT_SECONDS = PATIENCE
        yield provider


def waiting(channel="sms", **more):
    patient = PatientFactory(
        contact_by=channel, mobile_phone="+15035551234", email="ada@mail.example"
    )
    count = Message.objects.count()
    asked = {
        "patient": patient,
        "kind": "test",
        "source_key": f"test:{count}",
        "subject": "Your appointment" if channel == "email" else "",
        "body": "See you on Monday.",
    }
    return outbox.queue(**asked | more)


def after_sending(message):
    outbox.send(message.pk)
    message.refresh_from_db()
    return message


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


def test_a_worker_killed_while_sending_leaves_it_unknown_after_five_minutes():
    message = waiting()
    outbox._take(message.pk)  # and then the power went

    assert list(Message.objects.unknown()) == []
    Message.objects.update(sending_since=timezone.now() - dt.timedelta(minutes=6))
    assert list(Message.objects.unknown()) == [message]
    assert list(Message.objects.due()) == []


def test_mail_carries_one_click_unsubscribing_and_no_name_in_its_subject(settings):
    settings.PUBLIC_URL = "https://clinic.example"
    message = after_sending(waiting("email"))

    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (
        ["ada@mail.example"],
        "Your appointment",
        f"See you on Monday.\n\n-- \nTo stop mail like this: {stops.url_for(message)}",
    )
    assert sent.extra_headers == {
        "Message-ID": message.provider_id,
        "List-Unsubscribe": f"<{stops.url_for(message)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert stops.url_for(message).startswith("https://clinic.example/stop/")


class MailServer:
    """A connection of Django's that fails where the test says."""

    at_opening: Exception | None = None
    at_sending: Exception | None = None

    def open(self):
        if self.at_opening:
            raise self.at_opening

    def send_messages(self, messages):
        if self.at_sending:
            raise self.at_sending
        return len(messages)

    def close(self):
        raise smtplib.SMTPServerDisconnected("already gone")


@pytest.mark.parametrize(
    ("at_opening", "at_sending", "status", "problem"),
    [
        (ConnectionRefusedError(), None, Status.WAITING, outbox.NOT_REACHED),
        (
            smtplib.SMTPAuthenticationError(535, b"no"),
            None,
            Status.FAILED,
            "The mail server does not accept our log-in.",
        ),
        (
            None,
            smtplib.SMTPRecipientsRefused({"ada@mail.example": (550, b"who?")}),
            Status.FAILED,
            "The mail server knows no such address.",
        ),
        (None, smtplib.SMTPDataError(554, b"spam"), Status.FAILED,
         "The mail server refused it (code 554)."),
        (
            None,
            smtplib.SMTPRecipientsRefused({"ada@mail.example": (451, b"greylisted")}),
            Status.WAITING,
            outbox.NOT_REACHED,
        ),
        (None, smtplib.SMTPServerDisconnected("gone"), Status.SENDING, outbox.NO_ANSWER),
        (None, TimeoutError(), Status.SENDING, outbox.NO_ANSWER),
        (None, ZeroDivisionError(), Status.SENDING, outbox.NO_ANSWER),
        (None, None, Status.SENT, ""),
    ],
)  # fmt: skip
def test_what_the_mail_server_says_decides(monkeypatch, at_opening, at_sending, status, problem):
    server = MailServer()
    server.at_opening, server.at_sending = at_opening, at_sending
    monkeypatch.setattr("people.transports.get_connection", lambda: server)

    message = after_sending(waiting("email"))

    assert (message.status, message.problem) == (status, problem)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"contact_by": "none"}, "The patient wants no messages."),
        ({"contact_by": "phone"}, "The patient wants to be called by telephone."),
        ({"mobile_phone": ""}, "There is no mobile number."),
        ({"removed_at": timezone.now()}, "The patient is no longer in care."),
    ],
)
def test_what_the_patient_wants_is_asked_again_at_sending(provider, change, problem):
    message = waiting()
    type(message.patient).objects.filter(pk=message.patient_id).update(**change)

    after_sending(message)

    assert (message.status, message.problem) == (Status.WITHHELD, problem)
    assert provider.received == []


def test_a_patient_who_stops_gets_neither_what_waits_nor_what_is_written_later(provider):
    message = waiting()
    for _ in range(2):
        stops.stop(patient=message.patient, channel="sms", how="reply", by=None)

    after_sending(message)
    later = waiting(patient=message.patient)
    by_mail = outbox.queue(
        patient=message.patient, kind="test", source_key="mail", body="…", channel="email"
    )

    told = (Status.WITHHELD, "The patient has stopped text messages.")
    assert [(row.status, row.problem) for row in (message, later)] == [told, told]
    assert (by_mail.status, provider.received) == (Status.WAITING, [])
    assert MessageStop.objects.count() == 1


def test_the_provider_knowing_of_a_stop_we_missed_stops_the_channel(provider):
    provider.how = (400, {"code": 21610})

    message = after_sending(waiting())

    assert (message.status, message.problem) == (Status.FAILED, "The patient has answered STOP.")
    assert stops.is_stopped(message.patient, "sms")


def test_a_message_waits_for_its_time_and_is_withheld_after_it(provider):
    now = timezone.now()
    early = waiting(not_before=now + dt.timedelta(minutes=1))
    late = waiting(not_after=now - dt.timedelta(minutes=1))

    after_sending(early)
    after_sending(late)

    assert early.status == Status.WAITING
    assert (late.status, late.problem) == (Status.WITHHELD, outbox.TOO_LATE)
    assert provider.received == []


def test_whoever_wrote_it_is_asked_whether_it_is_still_true(provider, monkeypatch):
    monkeypatch.setattr(outbox, "_asked_before_sending", {})
    outbox.ask_before_sending("appointment.", lambda message: "It was cancelled.")
    ours, other = waiting(kind="appointment.reminder"), waiting(kind="intake")

    after_sending(ours)
    after_sending(other)

    assert (ours.status, ours.problem) == (Status.WITHHELD, "It was cancelled.")
    assert other.status == Status.SENT


def test_the_log_says_neither_address_nor_words(provider, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    provider.how = (400, {"code": 21211, "message": "+15035551234 is no number"})
    after_sending(waiting())
    monkeypatch.setattr("people.transports.Sms.send", lambda *a: [][int("See you +15035551234")])
    after_sending(waiting())

    assert "ValueError while it was sent" in caplog.text
    assert "5551234" not in caplog.text
    assert "See you" not in caplog.text


def test_the_sweep_sends_what_is_due_and_nothing_else(provider, monkeypatch):
    monkeypatch.setattr(send_message, "apply_async", lambda args, **_: send_message.apply(args))
    due, later = waiting(), waiting(not_before=timezone.now() + dt.timedelta(hours=1))

    for _ in range(2):
        send_due_messages.apply()

    assert [Message.objects.get(pk=row.pk).status for row in (due, later)] == [
        Status.SENT,
        Status.WAITING,
    ]
    assert len(provider.received) == 1


def test_without_a_provider_text_messages_are_written_to_the_console(settings, capsys):
    settings.SMS_URL = ""

    message = after_sending(waiting())

    assert (message.status, message.provider_id) == (Status.SENT, "console")
    assert "See you on Monday." in capsys.readouterr().out


def unknown(**more):
    message = waiting(**more)
    outbox._take(message.pk)
    Message.objects.filter(pk=message.pk).update(problem=outbox.NO_ANSWER)
    message.refresh_from_db()
    return message


def test_a_person_may_say_that_it_went_out():
    desk, message = UserFactory(), unknown()

    outbox.mark_sent(message=message, by=desk)

    message.refresh_from_db()
    assert (message.status, message.problem, message.settled_by) == (Status.SENT, "", desk)
    assert message.sent_at == message.sending_since
    assert list(Message.objects.unknown()) == []
    with pytest.raises(outbox.NotUnsettled):
        outbox.mark_sent(message=message, by=desk)


def test_a_person_may_send_it_again_once_and_by_another_way(provider):
    desk, message = UserFactory(), unknown()

    again = outbox.send_again(message=message, by=desk, channel="email")
    with pytest.raises(outbox.NotUnsettled):
        outbox.send_again(message=message, by=desk)

    message.refresh_from_db()
    assert (message.status, message.settled_by) == (Status.FAILED, desk)
    assert (again.instead_of, again.channel, again.status, again.body) == (
        message,
        "email",
        Status.WAITING,
        message.body,
    )
    assert again.subject == f"A message from {message.patient.clinic}"
    assert AuditEvent.objects.filter(action="message.sent_again").count() == 1


def test_an_answer_that_comes_after_a_person_decided_changes_nothing():
    desk, message = UserFactory(), unknown()
    outbox.set_aside(message=message, by=desk)

    outbox._write(message, status=Status.SENT, sent_at=timezone.now())

    message.refresh_from_db()
    assert message.status == Status.FAILED


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_with_one_message_one_sends_it(provider):
    message = waiting()

    at_once(message)

    assert len(provider.received) == 1
    assert Message.objects.get().status == Status.SENT


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_eight_workers_send_it_again_and_again(provider, monkeypatch):
    def look_without_lock(message_id):
        message = Message.objects.due().filter(pk=message_id).first()
        everybody_looked.wait()
        Message.objects.filter(pk=message_id).update(
            status=Status.SENDING, sending_since=timezone.now()
        )
        return message

    everybody_looked = threading.Barrier(8, timeout=PATIENCE)
    monkeypatch.setattr(outbox, "_take", look_without_lock)
    message = waiting()

    at_once(message)

    assert len(provider.received) == 8


def at_once(message):
    all_at_once([lambda: outbox.send(message.pk)] * 8)


@pytest.mark.django_db(transaction=True)
def test_sending_inside_somebodys_transaction_is_refused():
    message = waiting()

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        outbox.send(message.pk)
